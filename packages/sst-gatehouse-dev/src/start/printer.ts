import type { Writable } from "node:stream";
import { styleText } from "node:util";

import type { Explain } from "@sst-gatehouse/local/stack";

type Terminal = Writable & { readonly isTTY?: boolean };

/** Writes each refusal as one line, its details indented below. */
export function createPrinter(stream: Terminal, now: () => number = Date.now): Explain {
  const style = (format: "dim" | "yellow", text: string): string =>
    stream.isTTY === true ? styleText(format, text) : text;
  return (from, reason, details = []) => {
    const time = new Date(now()).toISOString().slice(11, 19);
    stream.write(
      `${style("dim", time)} ${style("yellow", from.padEnd(12))} ${printable(reason)}\n`,
    );
    for (const detail of details) stream.write(style("dim", `    ${printable(detail)}\n`));
  };
}

/** Text from requests may hold control characters that would move a terminal's cursor. */
function printable(text: string): string {
  return text.replaceAll(/(?![\t\n])\p{Cc}/gu, "?");
}
