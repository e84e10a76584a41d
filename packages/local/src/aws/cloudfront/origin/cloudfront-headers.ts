import type { HeaderLine } from "../header-lines.ts";
import { valuesOf } from "../header-lines.ts";
import type { ViewerRequest } from "../viewer/viewer-request.ts";

/** Where every viewer is: nowhere. `ZZ` is no country's code; the numbers are those of the point 0, 0. */
const location: readonly HeaderLine[] = [
  ["CloudFront-Viewer-ASN", "64496"],
  ["CloudFront-Viewer-City", "Localhost"],
  ["CloudFront-Viewer-Country", "ZZ"],
  ["CloudFront-Viewer-Country-Name", "Nowhere"],
  ["CloudFront-Viewer-Country-Region", "ZZ"],
  ["CloudFront-Viewer-Country-Region-Name", "Nowhere"],
  ["CloudFront-Viewer-Latitude", "0.00000"],
  ["CloudFront-Viewer-Longitude", "0.00000"],
  ["CloudFront-Viewer-Metro-Code", "000"],
  ["CloudFront-Viewer-Postal-Code", "00000"],
  ["CloudFront-Viewer-Time-Zone", "Etc/UTC"],
];

/**
 * What CloudFront itself tells an origin about a viewer, where a policy asks for it: 22 lines, about 900 bytes. They are
 * there before an origin-request function runs.
 *
 * @param port of the viewer's end of the connection.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html
 */
export function cloudFrontHeaders({
  address,
  port,
  httpVersion,
  headers,
}: ViewerRequest): HeaderLine[] {
  const agent = valuesOf(headers, "user-agent").join(" ");
  const isTablet = /ipad|tablet/i.test(agent);
  const isMobile = !isTablet && /mobile|iphone/i.test(agent);
  const isTv = /smart-?tv/i.test(agent);
  const flags: readonly (readonly [name: string, is: boolean])[] = [
    ["Android", /android/i.test(agent)],
    ["Desktop", !isTablet && !isMobile && !isTv],
    ["IOS", /iphone|ipad/i.test(agent)],
    ["Mobile", isMobile],
    ["SmartTV", isTv],
    ["Tablet", isTablet],
  ];
  return [
    ["CloudFront-Forwarded-Proto", "https"],
    ...flags.map(([name, is]): HeaderLine => [`CloudFront-Is-${name}-Viewer`, String(is)]),
    ["CloudFront-Viewer-Address", `${address}:${port}`],
    ["CloudFront-Viewer-Http-Version", httpVersion],
    ["CloudFront-Viewer-TLS", "TLSv1.3:TLS_AES_128_GCM_SHA256:fullHandshake"],
    ...location,
  ];
}
