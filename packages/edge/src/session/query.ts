import { SignInError } from "./sign-in-error.ts";

/** The query of an edge route, each name at most once. */
export type Query = (name: string) => string | undefined;

const maxBytes = 8192;

/** @throws {SignInError} `sign_in_malformed` when one of the names comes twice: two readers could choose differently. */
export function readQuery(query: string, names: readonly string[]): Query {
  if (query.length > maxBytes) throw malformed();
  const parameters = new URLSearchParams(query);
  if (names.some((name) => parameters.getAll(name).length > 1)) throw malformed();
  return (name) => parameters.get(name) ?? undefined;
}

function malformed(): SignInError {
  return new SignInError(
    "sign_in_malformed",
    "This is not a sign-in address: part of it is repeated or far too long.",
  );
}
