import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, realpath, stat } from "node:fs/promises";
import type { RequestListener, ServerResponse } from "node:http";
import { join, sep } from "node:path";

import type { Explain } from "../explain.ts";

/** How a file was uploaded. */
export interface Upload {
  readonly contentType: string;
  readonly cacheControl: string;
}

export interface BucketOptions {
  /** The folder that was uploaded. */
  readonly folder: string;
  /** Undefined for a file that is not uploaded. @param key of the object, without a leading slash. */
  readonly uploadOf: (key: string) => Upload | undefined;
  readonly explain: Explain;
}

/**
 * A bucket that CloudFront may read file by file, and not list: what is not there is 403, as S3 answers who may not know.
 *
 * A query is refused, which S3 would take for a wish about the answer's headers: stricter than S3.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export function createBucket({ folder, uploadOf, explain }: BucketOptions): RequestListener {
  const answer = async (
    { method = "", url = "", headers }: Parameters<RequestListener>[0],
    response: ServerResponse,
  ): Promise<void> => {
    const [path = "", query] = url.split("?");
    const key = keyOf(path);
    if (query !== undefined) return refuse(response, 400, "InvalidRequest", `${path} has a query`);
    if (key === undefined) return refuse(response, 400, "InvalidURI", `${path} is no path`);
    const upload = method === "GET" || method === "HEAD" ? uploadOf(key) : undefined;
    const file = upload && (await fileIn(folder, key));
    if (upload === undefined || file === undefined)
      return refuse(response, 403, "AccessDenied", `there is no ${key} for ${method}`);
    const { size, mtime } = await stat(file);
    const etag = `"${createHash("md5")
      .update(await readFile(file))
      .digest("hex")}"`;
    const known = {
      "accept-ranges": "bytes",
      "cache-control": upload.cacheControl,
      "content-type": upload.contentType,
      etag,
      "last-modified": mtime.toUTCString(),
      server: "AmazonS3",
    };
    if (isKnown(headers, etag, mtime)) {
      response.writeHead(304, known).end();
      return;
    }
    const range = rangeOf(headers.range, size);
    if (range === "none") return refuse(response, 416, "InvalidRange", `${key} has ${size} bytes`);
    const { start, end } = range ?? { start: 0, end: size - 1 };
    response.writeHead(range === undefined ? 200 : 206, {
      ...known,
      "content-length": end - start + 1,
      ...(range && { "content-range": `bytes ${start}-${end}/${size}` }),
    });
    if (method === "HEAD" || size === 0) response.end();
    else createReadStream(file, { start, end }).pipe(response);
  };

  function refuse(response: ServerResponse, status: number, code: string, why: string): void {
    explain("s3", `${status} ${code}: ${why}`);
    const message = code === "AccessDenied" ? "Access Denied" : code;
    response.writeHead(status, { "content-type": "application/xml", server: "AmazonS3" });
    response.end(
      `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
    );
  }

  return (request, response) => {
    answer(request, response).catch((error: unknown) => {
      explain("s3", `a file could not be read: ${String(error)}`);
      response.destroy();
    });
  };
}

/** S3 decodes a path once and takes the rest as it is: a dot segment is a name like any other, and names no file here. */
function keyOf(path: string): string | undefined {
  try {
    return decodeURIComponent(path.slice(1));
  } catch {
    return undefined;
  }
}

/** A file of the folder itself: no other name of it, no link that leads out, no folder. */
async function fileIn(folder: string, key: string): Promise<string | undefined> {
  if (key.split("/").some((part) => ["", ".", ".."].includes(part)) || /[\\\0]/.test(key))
    return undefined;
  const file = join(folder, ...key.split("/"));
  try {
    const [real, root] = await Promise.all([realpath(file), realpath(folder)]);
    if (real !== join(root, ...key.split("/")) || !real.startsWith(`${root}${sep}`))
      return undefined;
    return (await stat(real)).isFile() ? real : undefined;
  } catch {
    return undefined;
  }
}

function isKnown(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  etag: string,
  mtime: Date,
): boolean {
  const tags = headers["if-none-match"];
  if (typeof tags === "string")
    return tags.split(",").some((tag) => ["*", etag].includes(tag.trim().replace(/^W\//, "")));
  const since = headers["if-modified-since"];
  return (
    typeof since === "string" && Math.floor(mtime.getTime() / 1000) * 1000 <= Date.parse(since)
  );
}

/** One range of bytes; of several, S3 answers with the whole file. */
function rangeOf(
  header: string | undefined,
  size: number,
): { readonly start: number; readonly end: number } | "none" | undefined {
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (from === "" && to === "") return undefined;
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  return start >= size || end < start ? "none" : { start, end };
}
