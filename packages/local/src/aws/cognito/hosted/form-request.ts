import type { IncomingMessage } from "node:http";

import { readBody } from "../../read-body.ts";

const maxFormBytes = 64 * 1024;

/** Fields of a posted form; a field that comes twice counts as absent, because readers disagree about it. */
export type FormFields = (name: string) => string | undefined;

/** @returns the fields, `"json"` or `"other"` for another content type, `"too-large"` over 64 KB. */
export async function readForm(
  request: IncomingMessage,
): Promise<FormFields | "json" | "other" | "too-large"> {
  const [mediaType = ""] = (request.headers["content-type"] ?? "").split(";", 1);
  const body = await readBody(request, { maxBytes: maxFormBytes, beyond: "unread" });
  if (body === "cut-off") throw new Error("the client disconnected while sending a form");
  if (body === "too-large") return "too-large";
  switch (mediaType.trim().toLowerCase()) {
    case "application/x-www-form-urlencoded": {
      const fields = new URLSearchParams(body.toString("utf8"));
      return (name) => {
        const values = fields.getAll(name);
        return values.length === 1 ? values[0] : undefined;
      };
    }
    case "application/json":
      return "json";
    default:
      return "other";
  }
}

/** The value of a cookie; `undefined` unless there is exactly one of that name. */
export function readCookie(request: IncomingMessage, name: string): string | undefined {
  const values = (request.headers.cookie ?? "").split(";").flatMap((pair) => {
    const [key = "", ...rest] = pair.trim().split("=");
    return key === name ? [rest.join("=")] : [];
  });
  return values.length === 1 ? values[0] : undefined;
}
