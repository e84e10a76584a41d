/** Header values by lower-case name; one entry per header line, in the order they came. */
export type HttpHeaders = Readonly<Record<string, readonly string[]>>;

/**
 * The body as the edge has it.
 *
 * `hidden`: there are bytes that CloudFront did not show (everything after the first 1 MB; the body of a DELETE).
 */
export type HttpBody =
  | { readonly kind: "visible"; readonly bytes: Uint8Array }
  | { readonly kind: "hidden" };

/** The one request shape everything speaks: exactly what goes on the wire, nothing decoded. */
export interface HttpRequest {
  /** Upper case. */
  readonly method: string;
  /** The origin's host: what `Host` says when the request reaches the Function URL, and what is signed. */
  readonly host: string;
  /** Path as on the wire, percent-encoding untouched, without query. */
  readonly path: string;
  /** Query as on the wire, without `?`; empty when there is none. */
  readonly query: string;
  readonly headers: HttpHeaders;
  readonly body: HttpBody;
}
