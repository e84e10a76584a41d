import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";

/**
 * A whole number from the query.
 *
 * @throws {HTTPException} 400 when it is not a single number within the bounds (inclusive).
 */
export function wholeNumber(
  c: Context,
  name: string,
  bounds: { min: number; max: number; default: number },
): number {
  const [value, ...more] = c.req.queries(name) ?? [];
  if (value === undefined) return bounds.default;
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (more.length > 0 || !(number >= bounds.min && number <= bounds.max)) {
    throw new HTTPException(400, {
      message: `${name} must be a single whole number from ${bounds.min} to ${bounds.max}.`,
    });
  }
  return number;
}
