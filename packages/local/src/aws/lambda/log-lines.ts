import { StringDecoder } from "node:string_decoder";

/** Longer lines are cut: nobody reads more on a terminal. */
export const maxLineCharacters = 8192;

/**
 * Turns output that comes in pieces into whole lines, without their line ends; `\r` is one too, because the runtime
 * client writes it for the line breaks inside of a message. Empty lines are dropped.
 */
export function createLineSplitter(onLine: (line: string) => void): {
  write(chunk: Buffer): void;
  end(): void;
} {
  const decoder = new StringDecoder("utf8");
  let line = "";
  let droppedCharacters = 0;

  function add(text: string): void {
    const kept = text.slice(0, maxLineCharacters - line.length);
    droppedCharacters += text.length - kept.length;
    line += kept;
  }

  function finish(): void {
    if (line !== "")
      onLine(droppedCharacters === 0 ? line : `${line} … ${droppedCharacters} more characters`);
    line = "";
    droppedCharacters = 0;
  }

  return {
    write(chunk) {
      const [first = "", ...others] = decoder.write(chunk).split(/\r\n|[\r\n]/);
      add(first);
      for (const other of others) {
        finish();
        add(other);
      }
    },
    end() {
      add(decoder.end());
      finish();
    },
  };
}
