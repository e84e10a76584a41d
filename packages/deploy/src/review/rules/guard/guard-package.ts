import type { Resource } from "../../../dry-run/graph/graph.ts";
import { sameSet, toObject } from "../../../dry-run/graph/json.ts";
import { inputOf } from "../../../dry-run/graph/resource-values.ts";
import type { Expectation } from "../violation.ts";

/** Lambda@Edge's limit at origin-request. It is for the zip; here what is in it may not be larger either. */
const maxPackageBytes = 50_000_000;

/** What the guard is made of; what it loads when needed stands in files of its own. */
const packageFiles = [
  "lambda.cjs",
  "parameters.cjs",
  "fetch-key-set.cjs",
  "libraries.cjs",
  "responses.cjs",
  "stage-revocations.cjs",
  "sessions.cjs",
  "resource.cjs",
  "access.json",
  "sealing.json",
  "settings.json",
];

/** What the guard is uploaded as. */
export function guardPackageExpectations(guard: Resource): readonly Expectation[] {
  const files = toObject(toObject(inputOf(guard, "code"))["archive"]);
  const bytes = Object.values(files).map((file) => toObject(file)["bytes"]);
  const total = bytes.reduce<number>(
    (sum, size) => sum + (typeof size === "number" ? size : Number.POSITIVE_INFINITY),
    0,
  );
  const packageType = inputOf(guard, "packageType");
  return [
    {
      rule: "guard-package",
      holds: packageType === undefined || packageType === "Zip",
      message: "is not a zip package; Lambda@Edge accepts nothing else: set packageType to Zip",
    },
    {
      rule: "guard-files",
      holds: sameSet(Object.keys(files), packageFiles),
      message: `does not consist of exactly ${packageFiles.join(", ")}: deploy the directory that the guard's build writes`,
    },
    {
      rule: "guard-size",
      holds: total <= maxPackageBytes,
      message: `has ${total} bytes; Lambda@Edge accepts ${maxPackageBytes} at most: look at what got into the bundle`,
    },
  ];
}
