/** Whether a text is a whole host name in lower case, without scheme, port or wildcard. */
export function isHostName(host: unknown): boolean {
  return (
    typeof host === "string" &&
    /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/.test(host)
  );
}
