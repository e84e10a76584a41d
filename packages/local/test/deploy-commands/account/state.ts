/** What one account holds, in the words of AWS's own API references; tests change it at will. */
export interface AccountState {
  readonly id: string;
  readonly roles: Map<string, PlayedRole>;
  /** Policy documents by ARN. */
  readonly managedPolicies: Map<string, object>;
  readonly functions: PlayedFunction[];
  readonly distributions: PlayedDistribution[];
  /** `OriginAccessControlConfig`, by id. */
  readonly accessControls: Map<string, Json>;
  /** The code of CloudFront functions that are live, by name. */
  readonly viewerFunctions: Map<string, string>;
  readonly buckets: Map<string, PlayedBucket>;
  readonly userPools: PlayedUserPool[];
  /** By name, oldest version first. */
  readonly parameters: Map<string, PlayedParameter[]>;
  readonly logGroups: PlayedLogGroup[];
  /** What every call in a region is answered with, where it is off or throttles. */
  readonly troubles?: ReadonlyMap<string, { readonly code: string; readonly message: string }>;
  /** IAM's names of what the caller may not do. */
  readonly denied: Set<string>;
}

/** With nothing in it. */
export function emptyAccount(): AccountState {
  return {
    id: "123456789012",
    roles: new Map(),
    managedPolicies: new Map(),
    functions: [],
    distributions: [],
    accessControls: new Map(),
    viewerFunctions: new Map(),
    buckets: new Map(),
    userPools: [],
    parameters: new Map(),
    logGroups: [],
    denied: new Set(),
  };
}

export interface PlayedRole {
  readonly Arn: string;
  trust: object;
  readonly inline: Map<string, object>;
  readonly attached: string[];
}

export interface PlayedFunction {
  readonly region: string;
  readonly FunctionArn: string;
  readonly FunctionName: string;
  readonly tags: Record<string, string>;
  /** Published ones. */
  readonly versions: number[];
  readonly aliases: string[];
  /** `GetFunctionConfiguration`'s answer. */
  readonly configuration: Json;
  /** `ListFunctionUrlConfigs`' entries. */
  readonly urls: Json[];
  /** Statements of the resource policy; `""` for the function itself, else by version or alias. */
  readonly policies: Map<string, Json[]>;
}

export interface PlayedDistribution {
  readonly Id: string;
  readonly ARN: string;
  readonly DomainName: string;
  Status: string;
  /** `DistributionConfig`, with lists as plain arrays under `Items`. */
  readonly DistributionConfig: Json;
  readonly tags: Record<string, string>;
}

export interface PlayedBucket {
  /** As JSON text. */
  policy: string | undefined;
  /** `PublicAccessBlockConfiguration`. */
  closed: Json | undefined;
}

export interface PlayedUserPool {
  /** `DescribeUserPool`'s answer. */
  readonly UserPool: Json;
  /** `DescribeUserPoolClient`'s answers. */
  readonly clients: Json[];
  /** `DescribeCIMDPolicy`'s answers; undefined where Cognito does not know the feature. */
  cimdPolicies: Json[] | undefined;
}

export interface PlayedParameter {
  Type: string;
  Value: string;
  /** Seconds since the epoch. */
  LastModifiedDate: number;
}

export interface PlayedLogGroup {
  readonly region: string;
  readonly logGroupName: string;
  retentionInDays?: number | undefined;
  readonly events: {
    readonly logStreamName: string;
    readonly timestamp: number;
    readonly message: string;
  }[];
}

/** An object that a test may change anywhere. */
// oxlint-disable-next-line typescript/no-explicit-any -- the shapes are AWS's, and tests reach deep into them
export type Json = Record<string, any>;
