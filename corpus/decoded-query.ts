/**
 * The pairs of a query as a plain reader decodes them: no forms' `+`, no leniency, and none of Gatehouse's code.
 *
 * @throws {URIError} for an escape that is not UTF-8.
 */
export function parseQuery(query: string): [name: string, value: string][] {
  if (query === "") return [];
  return query.split("&").map((piece) => {
    const [name = "", ...value] = piece.split("=");
    return [decodeURIComponent(name), decodeURIComponent(value.join("="))];
  });
}
