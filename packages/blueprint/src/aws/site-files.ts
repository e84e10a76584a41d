/** What a browser is told that a file is, by the ending of its name. */
const contentTypes: Readonly<Record<string, string>> = {
  avif: "image/avif",
  css: "text/css; charset=utf-8",
  csv: "text/csv; charset=utf-8",
  gif: "image/gif",
  htm: "text/html; charset=utf-8",
  html: "text/html; charset=utf-8",
  ico: "image/x-icon",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  map: "application/json",
  md: "text/markdown; charset=utf-8",
  mjs: "text/javascript; charset=utf-8",
  mp3: "audio/mpeg",
  mp4: "video/mp4",
  otf: "font/otf",
  pdf: "application/pdf",
  png: "image/png",
  svg: "image/svg+xml",
  ttf: "font/ttf",
  txt: "text/plain; charset=utf-8",
  wasm: "application/wasm",
  webm: "video/webm",
  webmanifest: "application/manifest+json",
  webp: "image/webp",
  woff: "font/woff",
  woff2: "font/woff2",
  xml: "application/xml",
};

/** @returns what is sent as `content-type`; of an unknown ending, and of none, bytes. */
export function contentTypeOf(path: string): string {
  const ending = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? "";
  return Object.hasOwn(contentTypes, ending)
    ? (contentTypes[ending] ?? "")
    : "application/octet-stream";
}

/**
 * How long a file may be kept.
 *
 * What is for anyone and has a hash in its name, for a year. Everything else is asked for each time, by its ETag: a deploy
 * shows at once, but for the one second for which CloudFront keeps what it is told not to keep. What is guarded stays out
 * of shared caches.
 */
export function cacheControlOf({
  isPublic,
  isImmutable,
}: {
  readonly isPublic: boolean;
  readonly isImmutable: boolean;
}): string {
  if (!isPublic) return "private, no-cache";
  return isImmutable ? "public, max-age=31536000, immutable" : "no-cache";
}

/** The path of a file in the address, as a browser writes it. @param key its path in the bucket. */
export function pathOfFile(key: string): string {
  return `/${key.split("/").map(encodeURIComponent).join("/")}`;
}

/**
 * A path whose last part has a dot names a file, as does everything below `/.well-known/`; any other is a page. CloudFront's
 * own JavaScript gets these very characters.
 */
// oxlint-disable-next-line no-useless-escape -- nobody knows how it reads a bare slash in a class
const namesFile = /^\/\.well-known\/|\.[^\/]*$/;

/**
 * The file that answers a path of a site: the one that it names, or the one of the page.
 *
 * `siteFunctionCode` says the same in CloudFront's language.
 *
 * @param fallback the page that answers all pages, without a leading slash; absent: `/about` is `/about/index.html`.
 */
export function siteFile(path: string, fallback: string | undefined): string {
  if (namesFile.test(path)) return path;
  return fallback === undefined ? `${path.replace(/\/$/, "")}/index.html` : `/${fallback}`;
}

/**
 * The CloudFront function on the paths of a site that are for anyone: it asks the bucket for the file that answers a path.
 *
 * A path that can be read in two ways is refused, because the bucket decodes what CloudFront compares as it came:
 * `/assets/..%2Fadmin` begins with `/assets/`. Escaped, a path may have letters beyond ASCII and what no path can have.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
 */
export function siteFunctionCode(fallback: string | undefined): string {
  return `function handler(event) {
  var request = event.request;
  var path = request.uri;
  if (/%(?!20|[89A-F][0-9A-F])|\\\\|\\/\\/|\\/\\.\\.?(\\/|$)/i.test(path))
    return { statusCode: 400, statusDescription: "Bad Request" };
  if (!${namesFile}.test(path))
    request.uri = ${fallback === undefined ? `path.replace(/\\/$/, "") + "/index.html"` : JSON.stringify(`/${fallback}`)};
  return request;
}
`;
}
