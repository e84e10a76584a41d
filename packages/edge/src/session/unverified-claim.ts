/** One claim of a token as it stands there. It proves nothing unless the token is verified as well. */
export function unverifiedClaim(token: string, name: string): unknown {
  try {
    const payload = Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8");
    const claims: unknown = JSON.parse(payload);
    return typeof claims === "object" && claims !== null ? Reflect.get(claims, name) : undefined;
  } catch {
    return undefined; // no token; the verifier will say so
  }
}
