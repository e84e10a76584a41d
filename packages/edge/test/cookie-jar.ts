/** A browser's cookies for one https origin. */
export interface CookieJar {
  /** Takes `Set-Cookie` lines as browsers do. @throws {Error} for one that a browser would drop without a word. */
  readonly keep: (lines: readonly string[]) => void;
  /** The `Cookie` header; empty for no cookies. */
  readonly header: () => string;
  readonly get: (name: string) => string | undefined;
  readonly names: () => readonly string[];
  /** Which cookies this browser does not keep. */
  refuses: (name: string) => boolean;
}

/** @param now whole seconds since the epoch. */
export function createCookieJar(now: () => number): CookieJar {
  const cookies = new Map<string, { readonly value: string; readonly expiresAt: number }>();
  const live = (): readonly (readonly [string, string])[] =>
    [...cookies].flatMap(([name, { value, expiresAt }]) =>
      now() < expiresAt ? [[name, value]] : [],
    );
  return {
    refuses: () => false,
    keep(lines) {
      for (const line of lines) {
        const [pair = "", ...attributes] = line.split("; ");
        const equals = pair.indexOf("=");
        const name = pair.slice(0, equals);
        if (!/^[\w.-]+$/.test(name)) throw new Error(`no name: ${line}`);
        if (pair.length > 4096) throw new Error(`a cookie of ${pair.length} bytes`);
        const has = (attribute: string): boolean => attributes.includes(attribute);
        const isHostOnly = !attributes.some((attribute) => attribute.startsWith("Domain="));
        if (name.startsWith("__Host-") && !(has("Secure") && has("Path=/") && isHostOnly))
          throw new Error(`no __Host- cookie: ${line}`);
        const maxAge = /; Max-Age=(\d+)/.exec(line)?.[1];
        if (this.refuses(name)) continue;
        cookies.delete(name);
        const expiresAt = now() + Number(maxAge ?? Number.POSITIVE_INFINITY);
        if (expiresAt > now()) cookies.set(name, { value: pair.slice(equals + 1), expiresAt });
      }
    },
    header: () =>
      live()
        .map(([name, value]) => `${name}=${value}`)
        .join("; "),
    get: (name) => live().find(([kept]) => kept === name)?.[1],
    names: () => live().map(([name]) => name),
  };
}
