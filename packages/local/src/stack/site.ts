import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";

import { type GateBehavior, publicFallback, servedFile } from "@sst-gatehouse/blueprint/behaviors";
import { origin } from "@sst-gatehouse/blueprint/cache-behavior";
import type { Project } from "@sst-gatehouse/blueprint/project";
import { builtFolder, isStaticSite } from "@sst-gatehouse/blueprint/site";
import { guardedSite, publicSite } from "@sst-gatehouse/blueprint/site-bucket";
import { contentTypeOf, pathOfFile, siteFunctionCode } from "@sst-gatehouse/blueprint/site-files";

import type { CloudFrontOptions } from "../aws/cloudfront/distribution.ts";
import type { Dial } from "../aws/cloudfront/origin/origin-fetch.ts";
import type { Explain } from "../aws/explain.ts";
import { openOnLoopback } from "../aws/lambda/loopback-server.ts";
import { createBucket } from "../aws/s3/bucket.ts";
import { staticSiteBehavior, staticSiteFunction, staticSiteUpload } from "./static-site.ts";

type Served = Pick<
  CloudFrontOptions,
  "behavior" | "origin" | "isBucket" | "dial" | "devServer" | "responseHeaders" | "viewerFunction"
>;

/** The front end of a gate, as CloudFront has it: by its bucket, or by a development server. */
export interface PlayedSite {
  /** With the guard in front. */
  readonly guarded: Served;
  /** Without. */
  readonly public: Served;
  /** Where a development server is. */
  readonly devServer: URL | undefined;
  /** Whether a path that a deploy leads nowhere is the development server's: a file of its own, such as `/@vite/client`. */
  readonly isOfDevServer: (path: string) => boolean;
  close(): Promise<void>;
}

/** @param host of the bucket. @returns undefined for a gate without a front end. */
export async function startSite(
  { root, gate: { site, local } }: Project,
  behaviors: readonly GateBehavior[],
  host: string,
  explain: Explain,
): Promise<PlayedSite | undefined> {
  if (site === undefined) return undefined;
  const ofBucket = { origin: { ...origin, domainName: host }, isBucket: true };
  if (local?.site !== undefined) {
    const devServer = new URL(local.site);
    const served = {
      ...ofBucket,
      devServer: devServer.host,
      dial: dialOf(devServer),
      // No cache, so what is edited shows at once, and no function: the server itself knows what answers a path.
      behavior: guardedSite,
    };
    return {
      devServer,
      isOfDevServer: (path) => isStaticSite(site) && /^\/(?!\.)(?:@|.*\.[^/]*$)/.test(path),
      guarded: served,
      public: served,
      close: async () => {},
    };
  }
  const folder = join(root, builtFolder(site));
  const bucket = createBucket({
    folder,
    uploadOf(key) {
      if (isStaticSite(site)) return staticSiteUpload(key);
      const served = servedFile(behaviors, site, pathOfFile(key));
      return served && { ...served, contentType: contentTypeOf(key) };
    },
    explain,
  });
  const server = await openOnLoopback(createServer(bucket));
  const served = { ...ofBucket, dial: { host: "127.0.0.1", port: server.port } };
  return {
    devServer: undefined,
    isOfDevServer: () => false,
    guarded: { ...served, behavior: guardedSite },
    public: isStaticSite(site)
      ? {
          ...served,
          behavior: staticSiteBehavior,
          responseHeaders: [],
          viewerFunction: staticSiteFunction(folder),
        }
      : {
          ...served,
          behavior: publicSite,
          viewerFunction: siteFunctionCode(publicFallback(behaviors, site)),
        },
    close: () => server.close(),
  };
}

function dialOf({ hostname, port }: URL): Dial {
  return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) };
}

/**
 * A WebSocket of a development server, by which pages learn of edits: admitted as a GET of its path would be, and then left
 * to the two ends. The server gets no cookie and no token.
 */
export async function passWebSocket(
  { url = "/", headers, rawHeaders }: IncomingMessage,
  socket: Duplex,
  { devServer, admits }: { readonly devServer: URL; readonly admits: () => Promise<boolean> },
): Promise<void> {
  socket.on("error", () => socket.destroy());
  if (headers.upgrade?.toLowerCase() !== "websocket" || !(await admits())) {
    socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    return;
  }
  const server = connect(dialOf(devServer));
  server.on("error", () => socket.destroy());
  socket.on("close", () => server.destroy());
  await once(server, "connect");
  const lines = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 && !/^(?:host|cookie|authorization)$/i.test(name)
      ? [`${name}: ${rawHeaders[index + 1]}`]
      : [],
  );
  server.write(
    [`GET ${url} HTTP/1.1`, `Host: ${devServer.host}`, ...lines, "", ""].join("\r\n"),
    "latin1",
  );
  socket.pipe(server).pipe(socket);
}
