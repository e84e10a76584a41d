import {
  GetBucketPolicyCommand,
  GetPublicAccessBlockCommand,
  type PublicAccessBlockConfiguration,
  type S3Client,
} from "@aws-sdk/client-s3";

import { once, type Reader } from "./reader.ts";

export interface BucketReads {
  /** As JSON text; undefined where there is none. */
  bucketPolicy(bucket: string): Promise<string | undefined>;
  /** Undefined where the bucket has none. */
  publicAccessBlock(bucket: string): Promise<PublicAccessBlockConfiguration | undefined>;
}

/** Of buckets of the home region. @throws {Unread} (rejects) also where there is no such bucket. */
export function createBucketReads(reader: Reader, client: S3Client): BucketReads {
  return {
    bucketPolicy: once(async (Bucket) => {
      const found = await reader.readIfThere("s3:GetBucketPolicy", ["NoSuchBucketPolicy"], () =>
        client.send(new GetBucketPolicyCommand({ Bucket })),
      );
      return found?.Policy;
    }),
    publicAccessBlock: once(async (Bucket) => {
      const found = await reader.readIfThere(
        "s3:GetBucketPublicAccessBlock",
        ["NoSuchPublicAccessBlockConfiguration"],
        () => client.send(new GetPublicAccessBlockCommand({ Bucket })),
      );
      return found?.PublicAccessBlockConfiguration;
    }),
  };
}
