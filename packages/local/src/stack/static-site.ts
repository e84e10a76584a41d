import { type Dirent, readdirSync } from "node:fs";
import { join } from "node:path";

import { cacheBehavior } from "@sst-gatehouse/blueprint/cache-behavior";
import { CACHING_OPTIMIZED } from "@sst-gatehouse/blueprint/site-bucket";
import { contentTypeOf } from "@sst-gatehouse/blueprint/site-files";

import type { ViewerFunction } from "../aws/cloudfront/distribution.ts";
import type { Behavior } from "../aws/cloudfront/policies.ts";
import type { Upload } from "../aws/s3/bucket.ts";

// A StaticSite as SST 3.19 and 4 deploy it: .sst/platform/src/components/aws/static-site.ts, and its function in router.ts.

/** By which it shows its files, on each path that a rule opens to anyone. */
export const staticSiteBehavior: Behavior = {
  cachePolicyId: CACHING_OPTIMIZED,
  allowedMethods: cacheBehavior.allowedMethods,
  cachedMethods: ["GET", "HEAD"],
};

/** How it uploads a file: all but pages for a year, whatever their names. */
export function staticSiteUpload(key: string): Upload {
  return {
    contentType: contentTypeOf(key),
    cacheControl: key.endsWith(".html")
      ? "max-age=0,no-cache,no-store,must-revalidate"
      : "max-age=31536000,public,immutable",
  };
}

/**
 * Which file answers a path: one at the top of the folder by its name, as `.html` or as a folder's page; whatever begins like
 * a folder, from the bucket; for everything else `index.html`.
 *
 * @param folder with the built files, looked at for each path.
 */
export function staticSiteFunction(folder: string): ViewerFunction {
  return (uri) => {
    const { files, folders } = listed(folder);
    const path = decoded(uri);
    const endings = path?.endsWith("/") ? ["index.html"] : ["", ".html", "/index.html"];
    const ending = endings.find((each) => path !== undefined && files.has(`${path}${each}`));
    if (ending !== undefined) return { uri: `${uri}${ending}` };
    if (folders.some((each) => uri.startsWith(each))) {
      if (uri.endsWith("/")) return { uri: `${uri}index.html` };
      return { uri: uri.split("/").at(-1)?.includes(".") ? uri : `${uri}/index.html` };
    }
    return { uri: "/index.html" };
  };
}

function decoded(uri: string): string | undefined {
  try {
    return decodeURIComponent(uri);
  } catch {
    return undefined;
  }
}

/** Of `.well-known`, each file; of any other folder, its name alone. */
function listed(folder: string): {
  readonly files: ReadonlySet<string>;
  readonly folders: readonly string[];
} {
  const [top, inside] = ["", ".well-known"].map((path) => entriesOf(join(folder, path)));
  const all = [
    ...(top ?? []).filter(({ name }) => name !== ".well-known").map((each) => ["/", each] as const),
    ...(inside ?? []).map((each) => ["/.well-known/", each] as const),
  ];
  const named = (isFile: boolean) =>
    all.flatMap(([path, each]) => (each.isFile() === isFile ? [`${path}${each.name}`] : []));
  return { files: new Set(named(true)), folders: named(false) };
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // not built, or there is none
  }
}
