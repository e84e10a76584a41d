import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SSMClient } from "@aws-sdk/client-ssm";
import { guardFunction } from "@sst-gatehouse/blueprint/guard-function";

export interface AwsClients {
  readonly iam: IAMClient;
  readonly cloudFront: CloudFrontClient;
  /** Of the home region. */
  readonly ssm: SSMClient;
  readonly cognito: CognitoIdentityProviderClient;
  readonly lambda: LambdaClient;
  /** Of the home region. */
  readonly s3: S3Client;
  /** Of the guard's region. */
  readonly edgeLambda: LambdaClient;
  /** For a region. */
  readonly logs: (region: string) => CloudWatchLogsClient;
}

/** Clients with the credentials that the AWS SDK finds. IAM and CloudFront belong to no region and are asked in us-east-1. */
export function createAwsClients(region: string): AwsClients {
  const edge = { region: guardFunction.region };
  return {
    iam: new IAMClient(edge),
    cloudFront: new CloudFrontClient(edge),
    ssm: new SSMClient({ region }),
    cognito: new CognitoIdentityProviderClient({ region }),
    lambda: new LambdaClient({ region }),
    s3: new S3Client({ region }),
    edgeLambda: new LambdaClient(edge),
    logs: (logsRegion) => new CloudWatchLogsClient({ region: logsRegion }),
  };
}
