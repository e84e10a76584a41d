import * as fc from "fast-check";

/**
 * For `unit` of `fc.string`: any character, lone surrogates aside. It draws what fast-check's `"binary"` draws, which first
 * makes a table of all million characters: half a second for each process.
 */
export const anyCharacter: fc.Arbitrary<string> = fc.nat(0x10_f7ff).map(
  (index) => String.fromCodePoint(index < 0xd800 ? index : index + 0x800),
  (character) => {
    const whole = typeof character === "string" && /^\P{Surrogate}$/su.test(character);
    const point = whole ? character.codePointAt(0) : undefined;
    if (point === undefined) throw new TypeError("not one character");
    return point < 0xd800 ? point : point - 0x800;
  },
);
