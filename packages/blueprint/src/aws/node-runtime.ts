/** Which Node runs both functions at AWS. */
export type NodeRuntime = "nodejs22.x" | "nodejs24.x";

/**
 * The newest that the AWS provider takes. SST 3 brings version 6 of the provider, which refuses Node 24; SST 4 brings 7.
 * AWS lets nobody make functions of Node 22 from 2027 on.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
export function nodeRuntime(provider: { readonly takesNode24: boolean }): NodeRuntime {
  return provider.takesNode24 ? "nodejs24.x" : "nodejs22.x";
}
