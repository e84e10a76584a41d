const secondsIn: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const maxSeconds = 30 * 86_400;

/**
 * Reads `90s`, `15m`, `1h` or `2d`.
 *
 * @returns seconds.
 * @throws {TypeError} for anything else, for nothing, and for more than 30 days: the backend's log keeps no more.
 */
export function parseSince(text: string): number {
  const [, count, unit = ""] = /^(\d{1,7})([smhd])$/.exec(text) ?? [];
  const seconds = Number(count) * (secondsIn[unit] ?? Number.NaN);
  if (seconds > 0 && seconds <= maxSeconds) return seconds;
  throw new TypeError(`--since is a time such as 90s, 15m, 1h or 2d, at most 30d, not ${text}`);
}
