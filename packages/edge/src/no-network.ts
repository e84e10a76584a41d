/**
 * Stands in for `https` inside the guard's bundle: aws-jwt-verify imports it for fetching key sets, which the guard does
 * itself. Loading the real module costs more than verifying a token.
 */
export function request(): never {
  throw new TypeError("the token verifier must not use the network: keys are given to it");
}
