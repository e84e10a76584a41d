import * as fc from "fast-check";

/** What may be put anywhere into a path: everything that some reader is known, or thought, to take for something else. */
const pieces = [
  "/ // %2F %2f %5C %5c %252F %255C %EF%BC%8F /x/",
  "; ;/ ;x=1 ;x/ %3B %3b/ %253B ;%2Fx/ ;x%2F/ %3B%2F",
  "%3F %3f/ %3Fx %23 %23/ %253F %2523 %3F%2F %23; %3B%3F",
  "%09 %0A %0D %0d%0a %20 %7F %E2%80%A8 %C2%A0 %EF%BB%BF",
  ". %2E %2e ... %252E .json .html",
  "%25 %2561 %C3%A4 %E2%84%AA %C5%BF %C4%B0 %F0%9F%98%80",
  "* : @ + & = , ! ~ %7E ' ( ) $ - _ %5B %7B",
  '[ ] | ^ { } < > " ` é ／ ＼ ； ？ ＃ \ufe0f',
].flatMap((line) => line.split(" "));

/** Other ways to write what stands at one place. */
const spellings: readonly ((character: string) => string)[] = [
  (character) => escaped(character),
  (character) => escaped(character).toUpperCase(),
  (character) => escaped(escaped(character).slice(0, 1)) + escaped(character).slice(1),
  (character) => character.toUpperCase(),
  (character) => character + character,
  () => "",
];

function escaped(character: string): string {
  return character === "" ? "" : `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

type Change = (path: string, at: number) => string;
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.constantFrom(...pieces).map(
    (piece): Change =>
      (path, at) =>
        path.slice(0, at) + piece + path.slice(at),
  ),
  fc.constantFrom(...spellings).map(
    (spell): Change =>
      (path, at) =>
        path.slice(0, at) + spell(path.charAt(at)) + path.slice(at + 1),
  ),
);

/** @param plain paths, each of which is changed in a few places, or glued to another by a piece. */
export function hostilePath(plain: readonly string[]): fc.Arbitrary<string> {
  const one = fc.constantFrom(
    ...plain,
    ...plain.map((path) => path.slice(0, 1) + path.slice(1).replaceAll("/", "%2F")),
  );
  const glued = fc
    .tuple(one, fc.constantFrom(...pieces), one)
    .map(([first, piece, second]) => first + piece + second.slice(1));
  const changes = fc.array(fc.tuple(change, fc.double({ min: 0, max: 1, noNaN: true })), {
    maxLength: 3,
  });
  return fc
    .tuple(fc.oneof(one, glued), changes)
    .map(([start, chosen]) =>
      chosen.reduce(
        (path, [apply, where]) => apply(path, 1 + Math.round(where * (path.length - 1))),
        start,
      ),
    );
}
