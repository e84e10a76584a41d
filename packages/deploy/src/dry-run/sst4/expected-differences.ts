import type { Difference } from "./graph-differences.ts";

/** Expected differences, and why. */
export interface Expectation {
  readonly reason: string;
  readonly covers: (difference: Difference) => boolean;
}

const upload = "aws:s3/bucketObjectv2:BucketObjectv2::";
const api = "aws:lambda/function:Function::GateApiFunction";
const apiComponent = "sst:aws:Function::GateApi";

/** What a deployment has: the guard's code is not among it, we build that ourselves. */
const always: readonly Expectation[] = [
  {
    reason: "version 7 of the AWS provider comes with SST 4 and is its own",
    covers: ({ resource, path, before, after }) =>
      resource === "" &&
      path === "awsProvider" &&
      String(before).startsWith("6.") &&
      String(after).startsWith("7."),
  },
  {
    reason: "that provider takes Node 24, so guard and backend run on it",
    covers: ({ resource, path, before, after }) =>
      (resource === apiComponent
        ? path === "outputs._live.runtime"
        : (resource === api || /^aws:lambda\/function:Function::[\w-]+-Guard$/.test(resource)) &&
          path === "inputs.runtime") &&
      before === "nodejs22.x" &&
      after === "nodejs24.x",
  },
  {
    reason: "the backend is bundled by a newer esbuild, so its code has another hash",
    covers: ({ resource, path, before, after }) =>
      (resource.startsWith(upload) && /\.(?:sha256|bytes)$/.test(path)) ||
      ((resource.startsWith(upload) || resource === api) &&
        withoutHash(before) === withoutHash(after)),
  },
];

const inDev: readonly Expectation[] = [
  {
    reason: "the bridge of sst dev is uploaded once per region, not once per function",
    covers: ({ resource, path }) =>
      (resource === `${upload}GateApiCode` && path === "") ||
      (resource.startsWith(`${upload}DevBridgeCode`) && path === "") ||
      (resource === api && /^(?:inputs\.s3Key|dependsOn\.\d+)$/.test(path)),
  },
];

export function expectedDifferences(dev: boolean): readonly Expectation[] {
  return dev ? [...always, ...inDev] : always;
}

function withoutHash(value: unknown): unknown {
  return typeof value === "string" ? value.replaceAll(/[0-9a-f]{64}/g, "<sha256>") : value;
}
