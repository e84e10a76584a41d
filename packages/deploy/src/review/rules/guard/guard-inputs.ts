import type { Resource } from "../../../dry-run/graph/graph.ts";
import { isAbsent, toObject } from "../../../dry-run/graph/json.ts";
import { inputOf } from "../../../dry-run/graph/resource-values.ts";
import type { Expectation } from "../violation.ts";

/** Of Lambda@Edge: what every function has without asking. */
const maxEphemeralStorageMb = 512;

/** What the guard may say about itself; anything else is refused until somebody has read what Lambda@Edge makes of it. */
const knownInputs = new Set([
  "architectures",
  "code",
  "description",
  "ephemeralStorage",
  "handler",
  "loggingConfig",
  "memorySize",
  "packageType",
  "publish",
  "role",
  "runtime",
  "skipDestroy",
  "sourceCodeHash",
  "tags",
  "timeout",
]);

/** Inputs with reasons of their own. */
const refusedInputs: Readonly<Record<string, string>> = {
  environment:
    "has an environment; Lambda@Edge refuses the function then: bake what it needs into settings.json",
  vpcConfig: "is in a VPC; Lambda@Edge refuses the function then: remove vpcConfig",
  layers: "has layers; Lambda@Edge refuses the function then: bundle what it needs",
  deadLetterConfig: "has a dead letter queue; Lambda@Edge refuses the function then: remove it",
  tracingConfig: "is traced by X-Ray; Lambda@Edge refuses the function then: remove it",
  fileSystemConfig: "mounts a file system; Lambda@Edge refuses the function then: remove it",
  imageUri: "is a container image; Lambda@Edge accepts zip packages only: use code",
  imageConfig: "is a container image; Lambda@Edge accepts zip packages only: use code",
  kmsKeyArn: "is encrypted with a customer key; Lambda@Edge refuses the function then: remove it",
  snapStart: "uses SnapStart; Lambda@Edge does not have it: remove it",
  name: "has a fixed name; it is left behind when the stage is removed, and the next deploy of the stage would find the name taken: let it be generated",
};

/** What Lambda@Edge does not have, or what nobody has tried there. */
export function guardInputExpectations(guard: Resource): readonly Expectation[] {
  const storage = toObject(inputOf(guard, "ephemeralStorage"))["size"] ?? maxEphemeralStorageMb;
  return [
    {
      rule: "guard-feature",
      holds: typeof storage === "number" && storage <= maxEphemeralStorageMb,
      message: `has more temporary storage than the ${maxEphemeralStorageMb} MB of Lambda@Edge, which refuses the function then: remove ephemeralStorage`,
    },
    ...Object.keys(guard.inputs)
      .filter((key) => !knownInputs.has(key))
      .map((key) => ({
        rule: key === "name" ? "guard-name" : "guard-feature",
        holds: isAbsent(inputOf(guard, key)),
        message:
          refusedInputs[key] ??
          `sets ${key}, which has not been reviewed for Lambda@Edge: remove it, or add it to the known inputs of the guard`,
      })),
  ];
}
