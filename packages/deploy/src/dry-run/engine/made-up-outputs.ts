import { createHash } from "node:crypto";

import { publicKeysOf } from "./public-keys.ts";

/** The one in AWS's own examples. */
export const account = "123456789012";

export interface Request {
  /** Pulumi's token. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  /** What AWS would be sent. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly region: string;
  /** App and stage: ids differ from those of another. */
  readonly stack: string;
}

type Outputs = Readonly<Record<string, unknown>> & { readonly id: string };

interface Facts extends Request {
  /** The physical name: the one asked for, or one as Pulumi would generate it, with zeros for its random letters. */
  readonly physical: string;
  /** Hexadecimal digits that differ from resource to resource. */
  readonly digits: string;
}

/**
 * What AWS would fill in: ARNs, ids and names, in AWS's own shapes, the same ones each time.
 *
 * A type that is not listed gets an id, and an ARN when it is AWS's.
 */
export function madeUpOutputs(request: Request): Outputs {
  const { type, name, inputs, stack } = request;
  const facts: Facts = {
    ...request,
    physical: typeof inputs["name"] === "string" ? inputs["name"] : `${name}-0000000`,
    digits: createHash("sha256").update(`${stack}|${type}|${name}`).digest("hex"),
  };
  return (table[type] ?? byDefault)(facts);
}

const table: Readonly<Record<string, (facts: Facts) => Outputs>> = {
  "aws:acm/certificate:Certificate": (facts) => {
    const { region, inputs } = facts;
    const arn = `arn:aws:acm:${region}:${account}:certificate/${uuid(facts)}`;
    const others: readonly unknown[] = list(inputs["subjectAlternativeNames"]);
    const names = [inputs["domainName"], ...others].map(text);
    return {
      id: arn,
      arn,
      domainValidationOptions: names.map((domainName) => ({
        domainName,
        resourceRecordName: `_0123456789.${domainName}.`,
        resourceRecordType: "CNAME",
        resourceRecordValue: "_9876543210.acm-validations.aws.",
      })),
    };
  },
  "aws:apigateway/restApi:RestApi": ({ region, digits, physical }) => ({
    ...executeApi(region, digits.slice(0, 10)),
    name: physical,
    rootResourceId: digits.slice(10, 20),
  }),
  "aws:apigatewayv2/api:Api": ({ region, inputs, digits, physical }) => {
    const id = digits.slice(0, 10);
    const protocol = inputs["protocolType"] === "WEBSOCKET" ? "wss" : "https";
    return {
      ...executeApi(region, id),
      name: physical,
      apiEndpoint: `${protocol}://${id}.execute-api.${region}.amazonaws.com`,
    };
  },
  "aws:cloudfront/distribution:Distribution": ({ digits }) => {
    const id = `E${digits.slice(0, 13).toUpperCase()}`;
    return {
      id,
      arn: `arn:aws:cloudfront::${account}:distribution/${id}`,
      domainName: `d${digits.slice(0, 13)}.cloudfront.net`,
      hostedZoneId: "Z2FDTNDATAQYW2",
      etag: "E2ETAG",
      status: "Deployed",
    };
  },
  "aws:cloudfront/function:Function": ({ physical }) => ({
    id: physical,
    name: physical,
    arn: `arn:aws:cloudfront::${account}:function/${physical}`,
    etag: "E2ETAG",
    status: "UNASSOCIATED",
  }),
  "aws:cloudfront/originAccessControl:OriginAccessControl": ({ digits }) => ({
    id: `E${digits.slice(0, 13).toUpperCase()}`,
    etag: "E2ETAG",
  }),
  "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": (facts) => {
    const id = uuid(facts);
    return {
      id,
      name: facts.physical,
      arn: `arn:aws:cloudfront::${account}:response-headers-policy/${id}`,
      etag: "E2ETAG",
    };
  },
  "aws:cloudwatch/logGroup:LogGroup": ({ region, physical }) => ({
    id: physical,
    name: physical,
    arn: `arn:aws:logs:${region}:${account}:log-group:${physical}`,
  }),
  "aws:cognito/resourceServer:ResourceServer": ({ inputs }) => ({
    id: `${text(inputs["userPoolId"])}|${text(inputs["identifier"])}`,
    scopeIdentifiers: list(inputs["scopes"]).map(
      (scope) => `${text(inputs["identifier"])}/${text(scope["scopeName"])}`,
    ),
  }),
  "aws:cognito/userGroup:UserGroup": ({ inputs, physical }) => ({
    id: `${text(inputs["userPoolId"])}/${physical}`,
    name: physical,
  }),
  "aws:cognito/userPool:UserPool": ({ region, digits, physical }) => ({
    name: physical,
    ...userPool(`${region}_${digits.slice(0, 9)}`),
  }),
  "aws:cognito/userPoolClient:UserPoolClient": ({ inputs, digits, physical }) => ({
    id: digits.slice(0, 26),
    name: physical,
    // Nothing of it is in the id, so that a plan that shows the one can be searched for the other.
    ...(inputs["generateSecret"] === true
      ? { clientSecret: createHash("sha256").update(digits).digest("hex").slice(0, 52) }
      : {}),
  }),
  "aws:cognito/userPoolDomain:UserPoolDomain": ({ inputs, digits }) => ({
    id: text(inputs["domain"]),
    awsAccountId: account,
    cloudfrontDistribution: `d${digits.slice(0, 13)}.cloudfront.net`,
    cloudfrontDistributionZoneId: "Z2FDTNDATAQYW2",
  }),
  "aws:iam/role:Role": ({ inputs, digits, physical }) => ({
    id: physical,
    name: physical,
    arn: `arn:aws:iam::${account}:role${typeof inputs["path"] === "string" ? inputs["path"] : "/"}${physical}`,
    uniqueId: `AROA${digits.slice(0, 17).toUpperCase()}`,
  }),
  "aws:iam/rolePolicy:RolePolicy": ({ inputs, physical }) => ({
    id: `${text(inputs["role"])}:${physical}`,
    name: physical,
  }),
  "aws:lambda/function:Function": ({ region, inputs, physical }) => {
    const arn = `arn:aws:lambda:${region}:${account}:function:${physical}`;
    const version = inputs["publish"] === true ? "1" : "$LATEST";
    return {
      id: physical,
      name: physical,
      arn,
      version,
      qualifiedArn: `${arn}:${version}`,
      invokeArn: `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations`,
    };
  },
  "aws:lambda/functionUrl:FunctionUrl": ({ region, inputs, digits }) => {
    const urlId = digits.slice(0, 32);
    const functionName = text(inputs["functionName"]);
    return {
      id: functionName,
      urlId,
      functionArn: `arn:aws:lambda:${region}:${account}:function:${functionName}`,
      functionUrl: `https://${urlId}.lambda-url.${region}.on.aws/`,
    };
  },
  "aws:rds/cluster:Cluster": database,
  "aws:rds/instance:Instance": database,
  "aws:s3/bucketObjectv2:BucketObjectv2": ({ inputs }) => ({
    id: text(inputs["key"]),
    arn: `arn:aws:s3:::${text(inputs["bucket"])}/${text(inputs["key"])}`,
    versionId: "",
  }),
  // Version 7 of the provider, which comes with SST 4, has the one for the other.
  "aws:s3/bucket:Bucket": bucket,
  "aws:s3/bucketV2:BucketV2": bucket,
  "aws:ssm/parameter:Parameter": ({ region, physical }) => ({
    id: physical,
    name: physical,
    arn: `arn:aws:ssm:${region}:${account}:parameter${physical.startsWith("/") ? "" : "/"}${physical}`,
    version: 1,
  }),
  "aws:wafv2/webAcl:WebAcl": (facts) => {
    const { region, inputs, physical } = facts;
    const id = uuid(facts);
    const scope = inputs["scope"] === "CLOUDFRONT" ? "global" : "regional";
    return {
      id,
      name: physical,
      arn: `arn:aws:wafv2:${region}:${account}:${scope}/webacl/${physical}/${id}`,
      capacity: 1,
    };
  },
  "random:index/randomBytes:RandomBytes": ({ name, inputs, digits }) => {
    const bytes = Buffer.alloc(Number(inputs["length"]), digits, "hex");
    return { id: name, base64: bytes.toString("base64"), hex: bytes.toString("hex") };
  },
};

/**
 * What a program would be told of something that others have made and that it asks for by its id: made up, and as a gate
 * takes it.
 *
 * @returns undefined for what is told no more about than of something new.
 */
export function foundOutputs(type: string, id: string): Outputs | undefined {
  switch (type) {
    case "aws:cognito/userPool:UserPool":
      return {
        ...userPool(id),
        name: "somebody-elses",
        domain: `domain-of-${id.replace("_", "-").toLowerCase()}`,
        userPoolTier: "ESSENTIALS",
        adminCreateUserConfig: { allowAdminCreateUserOnly: true },
      };
    case "aws:cognito/identityProvider:IdentityProvider": {
      const [userPoolId = "", providerName = ""] = id.split(":");
      return { id, userPoolId, providerName, providerType: "SAML", attributeMapping: {} };
    }
    default:
      return undefined;
  }
}

/**
 * What SST's own components read of something that is there already: tags by which `sst.aws.Vpc.get` and others know what
 * this release has made and where its password is kept, and the account's role for logs of API Gateway, of which SST makes
 * one otherwise. None of them is a type that a gate takes.
 */
export function knownOfFound(type: string, id: string): Readonly<Record<string, unknown>> {
  switch (type) {
    case "aws:apigateway/account:Account":
      return { cloudwatchRoleArn: `arn:aws:iam::${account}:role/api-gateway-logs` };
    case "aws:cloudfront/distribution:Distribution":
      return {
        tags: {
          "sst:ref:version": "2",
          "sst:ref:kv": `arn:aws:cloudfront::${account}:key-value-store/${id}`,
          "sst:ref:kv-namespace": id,
        },
      };
    case "aws:ec2/vpc:Vpc":
      return { tags: { "sst:ref-version": "2" } };
    case "aws:ecs/cluster:Cluster":
      return { tags: { "sst:ref:version": "2.0" } };
    case "aws:elasticache/replicationGroup:ReplicationGroup":
    case "aws:opensearch/domain:Domain":
    case "aws:rds/cluster:Cluster":
    case "aws:rds/instance:Instance":
      return {
        tags: {
          "sst:lookup:password": id,
          "sst:ref:password": id,
          "sst:ref:secret": id,
          "sst:ref:username": "made-up",
        },
      };
    default:
      return {};
  }
}

function executeApi(region: string, id: string): Outputs {
  return { id, executionArn: `arn:aws:execute-api:${region}:${account}:${id}` };
}

function database(facts: Facts): Outputs {
  const { type, region, inputs, name } = facts;
  const id = text(inputs["identifier"] ?? inputs["clusterIdentifier"]) || name.toLowerCase();
  const address = `${id}.c0123456789a.${region}.rds.amazonaws.com`;
  const port = /mysql|maria/.test(text(inputs["engine"])) ? 3306 : 5432;
  return {
    ...byDefault(facts),
    id,
    address,
    port,
    endpoint: type.endsWith(":Instance") ? `${address}:${port}` : address,
    readerEndpoint: address,
  };
}

function bucket({ region, inputs, physical }: Facts): Outputs {
  const name = typeof inputs["bucket"] === "string" ? inputs["bucket"] : physical.toLowerCase();
  return {
    id: name,
    bucket: name,
    arn: `arn:aws:s3:::${name}`,
    bucketDomainName: `${name}.s3.amazonaws.com`,
    bucketRegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
  };
}

function userPool(id: string) {
  const [region = ""] = id.split("_");
  return {
    id,
    arn: `arn:aws:cognito-idp:${region}:${account}:userpool/${id}`,
    endpoint: `cognito-idp.${region}.amazonaws.com/${id}`,
    publicKeys: publicKeysOf(id),
  };
}

/** `isDone`: what SST's own dynamic resources wait for; `zoneId`: what one of them looks up. */
function byDefault({ type, region, physical, name }: Facts): Outputs {
  if (type.startsWith("pulumi-nodejs:dynamic"))
    return { id: name, isDone: true, zoneId: "Z0123456789" };
  if (!type.startsWith("aws:")) return { id: name };
  const [, service = ""] = /^aws:([^/]+)/.exec(type) ?? [];
  const kind = type.split(":").at(-1)?.toLowerCase() ?? "";
  return {
    id: physical,
    arn: `arn:aws:${service}:${region}:${account}:${kind}/${physical}`,
  };
}

function uuid({ digits }: Facts): string {
  const parts = [0, 8, 12, 16, 20, 32];
  return parts
    .slice(1)
    .map((end, index) => digits.slice(parts[index], end))
    .join("-");
}

export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function list(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value : [];
}
