import type { CloudFrontRequestEvent } from "aws-lambda";

/** One thing that is wrong with an event. */
export interface Break {
  /** Which part, counted through all parts and round again. */
  readonly at: number;
  readonly how: "drop" | "replace" | "double" | "rename" | "insert";
  /** What stands there instead, or beside it. */
  readonly odd: unknown;
}

/** A part of the event: a member of an object or an item of a list. */
interface Part {
  readonly owner: Record<string, unknown>;
  readonly name: string;
}

/**
 * An event with these things wrong, for tests.
 *
 * @param json the whole event.
 * @returns JSON as Lambda's runtime would have parsed it; that it is still an event is what its type claims, and not true.
 */
export function brokenEvent(json: string, breaks: readonly Break[]): CloudFrontRequestEvent {
  let event: CloudFrontRequestEvent = JSON.parse(json);
  for (const { at, how, odd } of breaks) {
    const parts = partsOf(event);
    const part = parts[at % Math.max(1, parts.length)];
    if (part === undefined) break;
    breakPart(part, how, odd);
    event = JSON.parse(JSON.stringify(event));
  }
  return event;
}

function breakPart({ owner, name }: Part, how: Break["how"], odd: unknown): void {
  const value = owner[name];
  switch (how) {
    case "drop":
      delete owner[name];
      return;
    case "replace":
      owner[name] = odd;
      return;
    case "double":
      owner[name] = Array.isArray(value) ? [...value, ...value] : [value, value];
      return;
    case "rename":
      delete owner[name];
      // The items of a list have no names; `length` could not even be one.
      if (Array.isArray(owner)) return;
      Object.defineProperty(owner, typeof odd === "string" ? odd : name.toUpperCase(), {
        value,
        enumerable: true,
        configurable: true,
        writable: true,
      });
      return;
    case "insert":
      owner[name] =
        typeof value === "string" ? `${value.slice(0, 3)}${text(odd)}${value.slice(3)}` : odd;
  }
}

function text(odd: unknown): string {
  return typeof odd === "string" ? odd : "";
}

/** Every part at any depth, from the outside in. */
function partsOf(value: unknown): Part[] {
  if (!isObject(value)) return [];
  return Object.keys(value).flatMap((name) => [{ owner: value, name }, ...partsOf(value[name])]);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
