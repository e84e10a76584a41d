import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

import { transformSync } from "esbuild";
import ts from "typescript";

/** A function with one thing in it left out or decided the other way. */
export interface Mutant {
  /** `keys.log`: the member `log` of what `keys` is made from. */
  readonly without: string;
  /** The whole file. */
  readonly source: string;
}

/**
 * Every way to leave one thing out of a function that only puts things together: a member of an object, a statement, the
 * one or the other side of a condition, a call of `once`.
 */
export function mutantsOf(file: string, functionName: string): readonly Mutant[] {
  const text = readFileSync(file, "utf8");
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  const mutants: Mutant[] = [];
  const add = (without: string, node: ts.Node, replacement: string): void => {
    const source = text.slice(0, node.getStart()) + replacement + text.slice(node.getEnd());
    mutants.push({ without, source });
  };
  const visit = (node: ts.Node, path: readonly string[]): void => {
    const inside = nameOf(node) === undefined ? path : [...path, nameOf(node) ?? ""];
    const here = inside.join(".");
    if (ts.isObjectLiteralElementLike(node)) add(here, node, "...{}");
    if (ts.isExpressionStatement(node)) add(node.expression.getText(), node, "");
    if (ts.isConditionalExpression(node)) {
      add(`${here} if ${node.condition.getText()}`, node, node.whenFalse.getText());
      add(`${here} if not ${node.condition.getText()}`, node, node.whenTrue.getText());
    }
    if (ts.isCallExpression(node) && node.expression.getText() === "once")
      add(`once of ${here}`, node, node.arguments[0]?.getText() ?? "");
    ts.forEachChild(node, (child) => visit(child, inside));
  };
  const found = tree.statements.find(
    (node) => ts.isFunctionDeclaration(node) && node.name?.text === functionName,
  );
  if (found === undefined || !ts.isFunctionDeclaration(found) || found.body === undefined)
    throw new TypeError(`there is no function ${functionName} in ${file}`);
  visit(found.body, []);
  return mutants;
}

/** What a node's parts belong to: a member, a variable, or for several variables the function that makes them. */
function nameOf(node: ts.Node): string | undefined {
  if (ts.isObjectLiteralElementLike(node)) return node.name?.getText() ?? node.getText();
  if (!ts.isVariableDeclaration(node)) return undefined;
  if (ts.isIdentifier(node.name)) return node.name.text;
  return node.initializer !== undefined && ts.isCallExpression(node.initializer)
    ? node.initializer.expression.getText()
    : undefined;
}

/** Loads a mutant in the place of its file: what it imports is what the file itself would get. */
export async function loadMutant(file: string, source: string): Promise<Record<string, unknown>> {
  const { resolve } = createRequire(file);
  const { code } = transformSync(source, { loader: "ts", format: "esm" });
  const absolute = code.replaceAll(
    /(from\s+)"([^"]+)"/g,
    (_all, from: string, specifier: string) => `${from}"${pathToFileURL(resolve(specifier)).href}"`,
  );
  return import(`data:text/javascript;base64,${Buffer.from(absolute).toString("base64")}`);
}
