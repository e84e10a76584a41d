import { parseAccept, type Accept } from "hono/utils/accept";

/**
 * Whether a client would rather have a page than JSON.
 *
 * As browsers say it: `text/html` weighs more, or weighs the same and is named more exactly. A client that takes
 * anything, or says nothing, gets JSON.
 *
 * @param accept the header as it arrived.
 * @see RFC 9110 section 12.5.1
 */
export function prefersHtml(accept: string | undefined): boolean {
  const accepted = parseAccept(accept ?? "");
  const html = wishFor("text/html", accepted);
  const json = wishFor("application/json", accepted);
  if (html.q !== json.q) return html.q > json.q;
  return html.q > 0 && html.exactness > json.exactness;
}

interface Wish {
  /** 0 to 1; 0 is a refusal. */
  readonly q: number;
  /** 2 for the type itself, 1 for its family, 0 for anything. */
  readonly exactness: number;
}

/** Of the ranges that cover a type, the most exact one decides, whatever the others weigh. */
function wishFor(type: string, accepted: readonly Accept[]): Wish {
  const ranges = [type, `${type.split("/")[0]}/*`, "*/*"];
  for (const [index, range] of ranges.entries()) {
    const found = accepted.find((accept) => accept.type.toLowerCase() === range);
    if (found !== undefined) return { q: found.q, exactness: 2 - index };
  }
  return { q: 0, exactness: 0 };
}
