import { type Graph, type Resource, resourcesOf } from "../../../dry-run/graph/graph.ts";
import { inputOf } from "../../../dry-run/graph/resource-values.ts";
import { awsTypes } from "../../../dry-run/graph/aws-types.ts";
import { isOfGate } from "../facts/ownership.ts";
import { labelOf } from "../../../dry-run/graph/label-of.ts";
import type { Violation } from "../violation.ts";

/**
 * What a stage may be made of. A type stands here when somebody has read what it lets in; a user of the pool, for one,
 * can sign in, and a resource policy may open SST's own buckets, which hold code and state.
 */
const knownTypes: ReadonlySet<string> = new Set([
  // What a gate makes and what docs/ tell people to add. Other rules look at those that could open something.
  awsTypes.distribution,
  awsTypes.function,
  awsTypes.functionUrl,
  awsTypes.identityProvider,
  awsTypes.logGroup,
  awsTypes.managedLoginBranding,
  awsTypes.originAccessControl,
  awsTypes.parameter,
  awsTypes.permission,
  awsTypes.resourceServer,
  awsTypes.role,
  awsTypes.rolePolicy,
  awsTypes.upload,
  awsTypes.userGroup,
  awsTypes.userPool,
  awsTypes.userPoolClient,
  awsTypes.userPoolDomain,
  awsTypes.viewerFunction,
  awsTypes.webAcl,
  // Policies, which are read wherever they are attached.
  "aws:iam/policy:Policy",
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  // Data, alarms and addresses: by themselves they call no function and grant nothing but themselves. What would is a
  // type of its own, such as a bucket's notification or an event source mapping.
  awsTypes.certificate,
  "aws:acm/certificateValidation:CertificateValidation",
  "aws:cloudwatch/metricAlarm:MetricAlarm",
  "aws:dynamodb/table:Table",
  "aws:route53/record:Record",
  "aws:s3/bucket:Bucket",
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration",
  "aws:s3/bucketCorsConfigurationV2:BucketCorsConfigurationV2",
  awsTypes.bucket,
  awsTypes.bucketClosed,
  "aws:s3/bucketVersioning:BucketVersioning",
  "aws:s3/bucketVersioningV2:BucketVersioningV2",
  "aws:secretsmanager/secret:Secret",
  "aws:secretsmanager/secretVersion:SecretVersion",
  "aws:sns/topic:Topic",
  "aws:sqs/queue:Queue",
]);

/** No resource of AWS is of a type that nobody has looked at, through whichever of its providers. */
export function checkKnownTypes(graph: Graph): readonly Violation[] {
  return graph.resources
    .filter(({ type }) => /^aws[a-z-]*:/.test(type) && !knownTypes.has(type))
    .filter((resource) => !isSitePolicy(graph, resource))
    .map((resource) => ({
      rule: "type-unknown",
      resource: labelOf(resource),
      message: `${resource.type} has not been reviewed: read what it grants, then add it to packages/deploy/src/review/rules/stage/known-types.ts`,
    }));
}

/** The policy of a gate's own bucket has a rule of its own. */
function isSitePolicy(graph: Graph, resource: Resource): boolean {
  return (
    resource.type === awsTypes.bucketPolicy &&
    resourcesOf(graph, awsTypes.bucket).some(
      (bucket) =>
        isOfGate(graph, bucket) && bucket.outputs["bucket"] === inputOf(resource, "bucket"),
    )
  );
}
