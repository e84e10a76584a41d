import { type ESTree, parseSync, Visitor } from "rolldown/utils";

/** A function or the whole script, while what is in it is written again. */
interface Scope {
  /** Texts in the place of others. */
  readonly changes: { readonly start: number; readonly end: number; readonly text: string }[];
  /** Where functions start that become variables, and those variables. */
  readonly declared: ReadonlySet<number>;
  readonly variables: string[];
  /** In its body, behind the directives. */
  readonly begin: number;
}

/**
 * Has V8 compile the functions of a script while it reads the script, and not when each is called. Of a function in
 * parentheses V8 expects a call at once; over any other it reads, and it reads it again for the call.
 *
 * @param code CommonJS without arrow functions: those V8 compiles late in any case.
 * @param seldom names of functions that are left as they are declared.
 * @returns the same with each function expression in parentheses, and with what the script or a function declares in its
 *   body as variables at the beginning of it, where they are as good as before.
 * @throws {TypeError} for a script that cannot be read, and for a name that it does not declare.
 */
export function compileAtOnce(code: string, seldom: readonly string[]): string {
  const { program, errors } = parseSync("script.cjs", code);
  if (errors.length > 0) throw new TypeError("the script cannot be read");
  const left = new Set(seldom);
  const scopes: Scope[] = [];
  let written = code;

  const isLeft = ({ id }: ESTree.Function): boolean => left.delete(id?.name ?? "");
  const enter = (begin: number, body: readonly (ESTree.Directive | ESTree.Statement)[]): void => {
    const declared = body.flatMap((each) =>
      each.type === "FunctionDeclaration" && !isLeft(each) ? [each.start] : [],
    );
    scopes.push({
      changes: [],
      declared: new Set(declared),
      variables: [],
      begin: body.findLast((each) => "directive" in each)?.end ?? begin,
    });
  };
  const leave = (start: number, end: number): string => {
    const { changes = [], variables = [], begin = start } = scopes.pop() ?? {};
    if (variables.length > 0)
      changes.push({ start: begin, end: begin, text: `var ${variables.join(",")};` });
    let at = start;
    let text = "";
    for (const change of changes.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
      text += code.slice(at, change.start) + change.text;
      at = change.end;
    }
    return text + code.slice(at, end);
  };
  const enterFunction = ({ start, body }: ESTree.Function): void =>
    enter(body === null ? start : body.start + 1, body?.body ?? []);
  const leaveFunction = ({ type, start, end, id }: ESTree.Function): void => {
    const text = leave(start, end);
    const outer = scopes.at(-1);
    if (outer?.declared.has(start)) {
      outer.variables.push(`${id?.name}=(${text})`);
      outer.changes.push({ start, end, text: "" });
    } else {
      // A method has no `function` to put into parentheses.
      const isExpression = type === "FunctionExpression" && code[start] !== "(";
      outer?.changes.push({ start, end, text: isExpression ? `(${text})` : text });
    }
  };
  new Visitor({
    Program: ({ start, body }) => enter(start, body),
    "Program:exit": ({ end }) => void (written = leave(0, end)),
    FunctionDeclaration: enterFunction,
    FunctionExpression: enterFunction,
    "FunctionDeclaration:exit": leaveFunction,
    "FunctionExpression:exit": leaveFunction,
  }).visit(program);
  const [unknown] = left;
  if (unknown !== undefined) throw new TypeError(`the script declares no function ${unknown}`);
  return written;
}
