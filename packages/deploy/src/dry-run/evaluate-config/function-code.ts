import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";

import { resourcesOf, type Graph, type Resource } from "../graph/graph.ts";
import { toObject, withoutSecretMarks } from "../graph/json.ts";
import { awsTypes } from "../graph/aws-types.ts";
import { attributeOf, inputOf } from "../graph/resource-values.ts";
import { uploadOf } from "../graph/upload-of.ts";
import { notBuilt } from "../workspace/not-built.ts";
import { unzip } from "./unzip.ts";

/** The code of a function as it would be deployed. */
export interface FunctionCode {
  /** As Lambda would unpack it. */
  readonly directory: string;
  /** `<file>.<export>` */
  readonly handler: string;
  /** Its variables, with what SST's links need: values that AWS would choose are made up. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whether its Function URL answers whole. */
  readonly buffered: boolean;
  /** False for one that is not for Node.js: a file says so in the place of its code. */
  readonly isBuilt: boolean;
}

/**
 * Finds the code that a Lambda function of the graph would run: in an archive, or in an object that is put
 * into a bucket for it.
 *
 * @param files by URN, what the archives of a resource are made of.
 * @param name logical name of the function.
 * @param scratch where zip files are unpacked.
 * @throws {TypeError} (rejects) when the graph has no such function, or not its code.
 */
export async function functionCode(
  graph: Graph,
  files: Readonly<Record<string, readonly string[]>>,
  name: string,
  scratch: string,
): Promise<FunctionCode> {
  const functions = resourcesOf(graph, awsTypes.function);
  const found = functions.find((resource) => resource.name === name);
  if (found === undefined) {
    const names = functions.map((resource) => resource.name).join(", ");
    throw new TypeError(`the graph has no function ${name}; it has: ${names}`);
  }
  const handler = inputOf(found, "handler");
  const owner = "code" in found.inputs ? found : uploadOf(graph, found);
  const [file] = (owner === undefined ? undefined : files[owner.urn]) ?? [];
  if (file === undefined || typeof handler !== "string")
    throw new TypeError(`the graph does not hold the code of ${name}`);
  const url = resourcesOf(graph, awsTypes.functionUrl).find(
    (one) => inputOf(one, "functionName") === attributeOf(found, "name"),
  );
  const about = {
    handler,
    environment: variablesOf(found),
    buffered: url !== undefined && inputOf(url, "invokeMode") !== "RESPONSE_STREAM",
  };
  const isDirectory = (await stat(file)).isDirectory();
  const directory = isDirectory ? file : join(scratch, name);
  if (!isDirectory) await unzip(file, directory);
  return { directory, ...about, isBuilt: !existsSync(join(directory, notBuilt)) };
}

function variablesOf(resource: Resource): Readonly<Record<string, string>> {
  const { variables } = toObject(inputOf(resource, "environment"));
  return Object.fromEntries(
    Object.entries(toObject(variables)).flatMap(([name, marked]) => {
      const value = withoutSecretMarks(marked);
      return typeof value === "string" ? [[name, value]] : [];
    }),
  );
}
