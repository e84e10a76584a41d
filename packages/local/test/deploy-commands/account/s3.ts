import { type Answer, type Asked, type Call, Refused } from "./answer.ts";
import type { AccountState, PlayedBucket } from "./state.ts";
import { toXml } from "./xml.ts";

/** S3's API about buckets, as far as it reads; the bucket stands in the path, where the host is an address. */
export function s3Call(state: AccountState, { method, url }: Asked): Call | undefined {
  if (method !== "GET") return undefined;
  const name = url.pathname.replaceAll("/", "");
  const bucket = (): PlayedBucket => {
    const found = state.buckets.get(name);
    if (found === undefined)
      throw new Refused("NoSuchBucket", 404, "The specified bucket does not exist");
    return found;
  };
  const calls: Readonly<Record<string, Call>> = {
    policy: {
      action: "s3:GetBucketPolicy",
      run: (): Answer => {
        const { policy } = bucket();
        if (policy === undefined)
          throw new Refused("NoSuchBucketPolicy", 404, "The bucket policy does not exist");
        return { status: 200, type: "application/json", body: policy };
      },
    },
    publicAccessBlock: {
      action: "s3:GetBucketPublicAccessBlock",
      run: (): Answer => {
        const { closed } = bucket();
        if (closed === undefined)
          throw new Refused(
            "NoSuchPublicAccessBlockConfiguration",
            404,
            "The public access block configuration was not found",
          );
        return {
          status: 200,
          type: "application/xml",
          body: toXml("PublicAccessBlockConfiguration", closed),
        };
      },
    },
  };
  return Object.entries(calls).find(([member]) => url.searchParams.has(member))?.[1];
}
