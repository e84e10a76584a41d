import { siteFile } from "@sst-gatehouse/blueprint/site-files";
import type { HttpRequest } from "@sst-gatehouse/core/http-request";

import { withoutRefusedHeaders } from "./viewer-headers.ts";

/**
 * What the bucket of the site is told: which file, and nothing of the caller. A query would have it answer with other
 * headers.
 *
 * @param fallback the page that answers all pages; absent: each folder has its own.
 */
export function fileRequest(request: HttpRequest, fallback: string | undefined): HttpRequest {
  const { authorization: _, ...headers } = withoutRefusedHeaders(request.headers, []);
  return { ...request, path: siteFile(request.path, fallback), query: "", headers };
}
