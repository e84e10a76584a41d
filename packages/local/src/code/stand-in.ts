import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { apiEnvironment } from "@sst-gatehouse/blueprint/api-function";

import type { Bundle } from "./code-source.ts";

/** Of a backend whose code nobody has named. */
const noHandler = (name: string): string =>
  `gate.ts names no handler for the backend ${name}, so its code is not on this machine. The guard has let the request through. If the code is this app's, say backends.${name}.handler, such as "src/${name}.handler".`;

/**
 * Puts a function that says of each request that the code is elsewhere in the place of a backend without a handler: one
 * that another app deploys, or one whose code nobody has named.
 *
 * @param name of the backend in `gate.ts`.
 * @param into an empty folder; made when missing.
 * @param detail why the code is elsewhere.
 */
export async function standInFor(
  name: string,
  into: string,
  detail: string = noHandler(name),
): Promise<Bundle> {
  const problem = JSON.stringify({
    type: "about:blank",
    title: "Not Implemented",
    status: 501,
    detail,
  });
  const head = JSON.stringify({
    statusCode: 501,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
  });
  await mkdir(into, { recursive: true });
  await writeFile(
    join(into, "stand-in.mjs"),
    `const [head, body] = [${head}, ${JSON.stringify(problem)}];
export const handler =
  process.env.${apiEnvironment.streaming} === "off"
    ? async () => ({ ...head, body })
    : awslambda.streamifyResponse(async (event, stream) => {
        const answer = awslambda.HttpResponseStream.from(stream, head);
        answer.write(body);
        answer.end();
      });
`,
  );
  return { directory: into, handler: "stand-in.handler", standIn: true };
}
