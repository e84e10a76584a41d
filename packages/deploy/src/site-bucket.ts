import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";

import { type GateBehavior, servedFile } from "@sst-gatehouse/blueprint/behaviors";
import type { Site } from "@sst-gatehouse/blueprint/site";
import { contentTypeOf, pathOfFile } from "@sst-gatehouse/blueprint/site-files";

/**
 * The name of the bucket with a gate's front end. The accounts of the world share the names of buckets, so account and
 * region are part of it, hashed because a name may have 63 characters.
 */
export function siteBucketName(
  owner: string,
  stage: string,
  { region, accountId }: { readonly region: string; readonly accountId: string },
): string {
  const where = createHash("sha256").update(`${accountId}/${region}`).digest("hex").slice(0, 8);
  return `${owner}-${stage}-site-${where}`;
}

/** A built file, as it is uploaded. */
export interface SiteFile {
  /** Its path in the bucket, without a leading slash. */
  readonly key: string;
  /** Where it lies on this machine. */
  readonly source: string;
  readonly contentType: string;
  readonly cacheControl: string;
}

/**
 * The built files that a path of the site leads to, in alphabetical order; others are not uploaded. A link is no file: it
 * may lead out of the folder.
 *
 * @param root the folder of `sst.config.ts`.
 * @throws {Error} when the site was not built. A plan knows the beginning of the message, which SST's own sites have too.
 */
export function builtSite(
  root: string,
  site: Site,
  behaviors: readonly GateBehavior[],
): readonly SiteFile[] {
  const folder = resolve(root, site.path);
  const needed = [folder, ...(site.fallback === undefined ? [] : [join(folder, site.fallback)])];
  const missing = needed.find((path) => !existsSync(path));
  if (missing !== undefined)
    throw new Error(
      `No build output found at "${missing}". gate.ts says that the site is there: build it, then deploy.`,
    );
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .toSorted()
    .flatMap((key) => {
      const served = servedFile(behaviors, site, pathOfFile(key));
      if (served === undefined) return [];
      const { cacheControl } = served;
      return [{ key, source: join(folder, key), contentType: contentTypeOf(key), cacheControl }];
    });
  if (files.length === 0)
    throw new Error(
      `gate.ts: no file in ${site.path} is below a path of the site. A file's path in the folder is its path in the address: app/index.html is /app/index.html.`,
    );
  return files;
}
