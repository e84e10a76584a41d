import type { Credentials } from "@sst-gatehouse/core/signer";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The credentials of the edge role, as Lambda puts them into the environment.
 *
 * @returns the same object for as long as they stay. One look at an environment takes as long as ten at an object, and other
 *   credentials always have another session token.
 * @throws {TypeError} (when asked) where one of the three is missing or empty.
 */
export function createRoleCredentials(environment: Environment): () => Credentials {
  let known: Credentials | undefined;
  return () => {
    const sessionToken = environment["AWS_SESSION_TOKEN"];
    if (known !== undefined && known.sessionToken === sessionToken) return known;
    const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
    if (!accessKeyId || !secretAccessKey || !sessionToken)
      throw new TypeError("the guard has no role credentials");
    return (known = { accessKeyId, secretAccessKey, sessionToken });
  };
}
