import type { SnapshotKey } from "@gatehouse/blueprint/snapshot";

/** A pool has two keys of about 400 bytes each. */
const maxBytes = 20_000;
/** A pool that was made a moment ago may not have published its keys yet. */
const attempts = 6;
const secondsBetween = 2;

export interface KeySetSource {
  readonly region: string;
  readonly userPoolId: string;
  /** In place of AWS's own address, as the AWS SDKs take it from `AWS_ENDPOINT_URL…`. */
  readonly endpoint?: string | undefined;
}

/**
 * The user pool's public keys, to be baked into the guard: sorted by `kid`, and only the members that matter, so that
 * unchanged keys give unchanged bytes. The guard's build checks them strictly.
 *
 * @throws {Error} (rejects) that names the address, when the keys cannot be had within a quarter of a minute.
 */
export async function fetchKeySet(
  { region, userPoolId, endpoint = `https://cognito-idp.${region}.amazonaws.com` }: KeySetSource,
  wait: (seconds: number) => Promise<void> = pause,
): Promise<readonly SnapshotKey[]> {
  const url = `${endpoint.replace(/\/$/, "")}/${userPoolId}/.well-known/jwks.json`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return parseKeys(await fetchText(url));
    } catch (error) {
      if (attempt === attempts) {
        throw new Error(
          `The user pool's key set could not be had from ${url}: ${error instanceof Error ? error.message : String(error)}. The guard is not deployed without it; deploy again.`,
          { cause: error },
        );
      }
      await wait(secondsBetween);
    }
  }
}

async function fetchText(url: string): Promise<string> {
  const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(5000) });
  const text = await response.text();
  if (!response.ok) throw new Error(`status ${response.status}`);
  if (text.length > maxBytes) throw new Error(`${text.length} characters are too many`);
  return text;
}

function parseKeys(text: string): readonly SnapshotKey[] {
  const { keys }: { keys?: readonly SnapshotKey[] } = JSON.parse(text);
  if (!Array.isArray(keys) || keys.length === 0) throw new Error("it holds no keys");
  return keys
    .map(({ kid, kty, alg, use, n, e }) => ({ kid, kty, alg, use, n, e }))
    .toSorted((a, b) => (a.kid < b.kid ? -1 : 1));
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
