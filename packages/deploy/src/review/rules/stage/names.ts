import type { Graph, Resource } from "../../../dry-run/graph/graph.ts";
import { awsTypes } from "../../../dry-run/graph/aws-types.ts";
import { toList } from "../../../dry-run/graph/json.ts";
import { inputOf } from "../../../dry-run/graph/resource-values.ts";
import { labelOf } from "../../../dry-run/graph/label-of.ts";
import { unmet, type Violation } from "../violation.ts";

interface Naming {
  /** The input that holds the name. */
  readonly key: string;
  /** AWS's limit, in characters. */
  readonly longest: number;
  /** Whether an account and region can have the name once only. */
  readonly unique: boolean;
}

const namings: Readonly<Record<string, Naming>> = {
  [awsTypes.function]: { key: "name", longest: 64, unique: true },
  [awsTypes.role]: { key: "name", longest: 64, unique: true },
  [awsTypes.rolePolicy]: { key: "name", longest: 128, unique: false },
  [awsTypes.logGroup]: { key: "name", longest: 512, unique: true },
  [awsTypes.parameter]: { key: "name", longest: 1011, unique: true },
  [awsTypes.webAcl]: { key: "name", longest: 128, unique: true },
  [awsTypes.viewerFunction]: { key: "name", longest: 64, unique: true },
  [awsTypes.distribution]: { key: "comment", longest: 128, unique: false },
  [awsTypes.userPool]: { key: "name", longest: 128, unique: false },
  [awsTypes.userPoolClient]: { key: "name", longest: 128, unique: false },
  [awsTypes.userPoolDomain]: { key: "domain", longest: 63, unique: true },
};

/** What Pulumi appends to the logical name of a resource that has no name of its own. */
const generatedSuffix = "-0123456";

/** Names that AWS would refuse: too long, or there already. */
export function checkNames(graph: Graph): readonly Violation[] {
  const tooLong = graph.resources.flatMap((resource) => {
    const naming = namings[resource.type];
    if (naming === undefined) return [];
    const name = givenName(resource, naming) ?? generatedName(resource);
    return unmet(resource, [
      {
        rule: "name-length",
        holds: name.length <= naming.longest,
        message: `${naming.key} ${name} has ${name.length} characters and AWS accepts ${naming.longest}: shorten the stage`,
      },
    ]);
  });
  const seen = new Set<string>();
  const twice = uniqueNames(graph).filter(({ key }) => {
    const again = seen.has(key);
    seen.add(key);
    return again;
  });
  return [
    ...tooLong,
    ...twice.map(({ resource, name }) => ({
      rule: "name-duplicate",
      resource: labelOf(resource),
      message: `is called ${name}, like another one of the stage; AWS accepts a name only once: give it another, or let it be generated`,
    })),
  ];
}

/** Names that two stages of one account both want; the one that is deployed second would fail, or take over. */
export function checkNamesAcross(a: Graph, b: Graph): readonly Violation[] {
  const taken = new Set(uniqueNames(a).map(({ key }) => key));
  return uniqueNames(b)
    .filter(({ key }) => taken.has(key))
    .map(({ resource, name }) => ({
      rule: "name-shared",
      resource: labelOf(resource),
      message: `is called ${name} in the stages ${a.stage} and ${b.stage}; AWS accepts a name only once: put the stage into it, or let it be generated`,
    }));
}

/** What SST appends to the names that it makes: letters that only the stage's own state knows. */
const randomSuffix = /-[a-z]{8}$/;

/**
 * Names that the same stage in another region would want too. Its state is kept in its region, so a stage that moves, or
 * that is deployed to a second region, knows nothing of the first; and IAM, CloudFront and its firewalls have no regions.
 */
export function checkNamesElsewhere(graph: Graph): readonly Violation[] {
  return uniqueNames(graph)
    .filter(({ resource, key }) => !key.startsWith(`${resource.type} ${graph.region} `))
    .filter(({ resource }) => resource.type !== awsTypes.distribution)
    .filter(({ name }) => !name.includes(graph.region) && !randomSuffix.test(name))
    .map(({ resource, name }) => ({
      rule: "name-elsewhere",
      resource: labelOf(resource),
      message: `is called ${name}, and would be called so in every region; AWS accepts the name once in the account, so the stage could not be deployed to another one: begin it with the blueprint's accountWideName, or let it be generated`,
    }));
}

interface UniqueName {
  readonly resource: Resource;
  readonly name: string;
  readonly key: string;
}

function uniqueNames({ resources }: Graph): readonly UniqueName[] {
  return resources.flatMap((resource) => {
    const naming = namings[resource.type];
    const names =
      resource.type === awsTypes.distribution
        ? toList(inputOf(resource, "aliases")).map(String)
        : naming?.unique === true
          ? toList(givenName(resource, naming)).map(String)
          : [];
    return names.map((name) => ({ resource, name, key: `${scopeOf(resource)} ${name}` }));
  });
}

/** Within what a name is unique; IAM and CloudFront have no regions. */
function scopeOf({ type, region }: Resource): string {
  const global = type.startsWith("aws:iam/") || type.startsWith("aws:cloudfront/");
  return global ? type : `${type} ${region ?? ""}`;
}

function givenName(resource: Resource, { key }: Naming): string | undefined {
  const name = inputOf(resource, key);
  return typeof name === "string" ? name : undefined;
}

function generatedName({ name }: Resource): string {
  return `${name}${generatedSuffix}`;
}
