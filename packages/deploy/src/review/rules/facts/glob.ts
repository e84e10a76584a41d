/**
 * Whether two IAM patterns have a text in common: `*` is any text, also none, `?` one character. Letters count the same
 * in both cases, and a policy variable, `${…}`, may become any text.
 */
export function patternsMeet(a: string, b: string): boolean {
  const left = normalise(a);
  const right = normalise(b);
  // Most differ in what stands before any wildcard.
  const plain = Math.min(left.search(/[*?]|$/), right.search(/[*?]|$/));
  if (left.slice(0, plain) !== right.slice(0, plain)) return false;
  /** For each rest of `right`: whether it meets the rest of `left` that was looked at last. */
  let meets = Array.from({ length: right.length + 1 }, () => false);
  for (let i = left.length; i >= 0; i -= 1) {
    const shorter = meets;
    meets = [];
    for (let j = right.length; j >= 0; j -= 1) {
      const l = left[i];
      const r = right[j];
      if (l === undefined && r === undefined) meets[j] = true;
      else if (l === "*") meets[j] = shorter[j] === true || meets[j + 1] === true;
      else if (r === "*") meets[j] = meets[j + 1] === true || shorter[j] === true;
      else meets[j] = (l === r || l === "?" || r === "?") && shorter[j + 1] === true;
    }
  }
  return meets[0] === true;
}

function normalise(pattern: string): string {
  return pattern.replaceAll(/\$\{[^}]*\}/g, "*").toLowerCase();
}
