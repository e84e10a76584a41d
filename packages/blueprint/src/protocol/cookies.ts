/** A token of HTTP (RFC 9110 section 5.6.2), such as the name of a cookie or a header. */
export const tokenPattern = /^[\w!#$%&'*+.^`|~-]+$/;

/** Whether a cookie is the guard's own, by its name in any case. Those never reach a backend. */
export function isGuardCookie(name: string): boolean {
  return /^__host-(?:http-)?gatehouse-/i.test(name);
}
