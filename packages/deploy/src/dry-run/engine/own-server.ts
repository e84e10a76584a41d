const maxBytes = 10_000;

/**
 * Whether the server at an address belongs to the SST CLI that this evaluation has started.
 *
 * The CLI looks for a free port and binds it a moment later; when another CLI is faster, it goes on without a server,
 * and its components would talk to the other one, which would build another project's code. Asked for its bootstrap, a
 * CLI answers with what its own AWS says, and each evaluation's stand-in for AWS says something else.
 *
 * A CLI sets up the region that it is asked for when SST has not been there. So the question names a region that AWS does
 * not have: the CLI of a real deployment finds no such host, and changes nothing.
 *
 * @param mark what our stand-in puts into the name of the state bucket.
 */
export async function isOwnServer(address: string, mark: string): Promise<boolean> {
  const region = `zz-${mark}-1`;
  try {
    const response = await fetch(`${address}/rpc`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        jsonrpc: "1.0",
        method: "Provider.Aws.Bootstrap",
        params: [{ region }],
      }),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    if (text.length > maxBytes) return false;
    const { result }: { result?: { state?: string } | null } = JSON.parse(text);
    return result?.state === stateBucket(region, mark);
  } catch {
    return false; // nobody there, or somebody who is no SST CLI
  }
}

/** The state bucket's name in the stand-in for AWS. */
export function stateBucket(region: string, mark: string): string {
  return `sst-state-${region}-${mark}`;
}
