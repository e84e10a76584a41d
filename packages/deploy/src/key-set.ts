import { parseKeySet, type PublicKey } from "@sst-gatehouse/blueprint/cognito-values";
import { messageOf } from "@sst-gatehouse/blueprint/message-of";

import { evaluationAccessKeyId } from "./dry-run/evaluation-access-key.ts";

/** A pool has two keys of about 400 bytes each. */
const maxBytes = 20_000;
/** A pool that was made a moment ago may not have published its keys yet. */
const attempts = 6;
const secondsBetween = 2;

export interface KeySetSource {
  readonly region: string;
  readonly userPoolId: string;
  /** Of the process that deploys. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * The user pool's public keys, to be baked into the guard: sorted by `kid`, and only the members that matter, so that
 * unchanged keys give unchanged bytes.
 *
 * @throws {Error} (rejects) that names the address, when no valid key set can be fetched there within 15 seconds; and
 *   when the environment names another address than AWS's, which would make somebody else's keys the guard's.
 */
export async function fetchKeySet(
  { region, userPoolId, environment }: KeySetSource,
  wait: (seconds: number) => Promise<void> = pause,
): Promise<readonly PublicKey[]> {
  const endpoint = endpointOf(environment) ?? `https://cognito-idp.${region}.amazonaws.com`;
  const url = `${endpoint.replace(/\/$/, "")}/${userPoolId}/.well-known/jwks.json`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return parseKeys(await fetchText(url));
    } catch (error) {
      if (attempt === attempts) {
        throw new Error(
          `The user pool's key set could not be fetched from ${url}: ${reasonOf(error)}. The guard is not deployed without it; ${whatToDo(error, environment)}deploy again.`,
          { cause: error },
        );
      }
      await wait(secondsBetween);
    }
  }
}

/** `fetch failed` alone tells nobody anything. */
function reasonOf(error: unknown): string {
  const code = codeOf(error);
  return code === undefined ? messageOf(error) : `${messageOf(error)} (${code})`;
}

function codeOf(error: unknown): string | undefined {
  const code: unknown = error instanceof Error ? Object(error.cause).code : undefined;
  return typeof code === "string" ? code : undefined;
}

/**
 * What a company's network asks for. SST and Pulumi take a proxy from the environment; Node's `fetch` does so from
 * version 22.21 on, when it is told to.
 *
 * @see https://nodejs.org/api/cli.html#node_use_env_proxy1
 */
function whatToDo(error: unknown, environment: KeySetSource["environment"]): string {
  const proxy = ["HTTPS_PROXY", "https_proxy"].find((name) => environment[name]);
  if (proxy !== undefined && environment["NODE_USE_ENV_PROXY"] !== "1")
    return `${proxy} is set, and Node goes by it only with NODE_USE_ENV_PROXY=1: set that as well, and NODE_EXTRA_CA_CERTS=<file> where the proxy has a certificate of the company's. Then `;
  if (/CERT|SIGNATURE/.test(codeOf(error) ?? ""))
    return "the certificate is not one that Node knows: if it is the company's, name its file in NODE_EXTRA_CA_CERTS. Then ";
  return "";
}

/** An address other than AWS's is accepted only while the config is evaluated, on this machine and without an account. */
function endpointOf(environment: KeySetSource["environment"]): string | undefined {
  const name = ["AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", "AWS_ENDPOINT_URL"].find(
    (variable) => environment[variable],
  );
  if (name === undefined) return undefined;
  const endpoint = environment[name] ?? "";
  if (
    environment["AWS_ACCESS_KEY_ID"] === evaluationAccessKeyId &&
    /^http:\/\/127\.0\.0\.1:\d+\/?$/.test(endpoint)
  )
    return endpoint;
  throw new Error(
    `${name} is set, but the guard's keys must come from AWS itself: unset it and deploy again.`,
  );
}

async function fetchText(url: string): Promise<string> {
  const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(5000) });
  const text = await response.text();
  if (!response.ok) throw new Error(`status ${response.status}`);
  if (text.length > maxBytes)
    throw new Error(`it has ${text.length} characters, which is too many`);
  return text;
}

function parseKeys(text: string): readonly PublicKey[] {
  const parsed: unknown = JSON.parse(text);
  return parseKeySet(parsed).toSorted((a, b) => (a.kid < b.kid ? -1 : 1));
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
