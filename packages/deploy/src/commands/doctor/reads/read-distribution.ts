import {
  type CloudFrontClient,
  type DistributionConfig,
  GetDistributionCommand,
  GetFunctionCommand,
  GetOriginAccessControlCommand,
  ListTagsForResourceCommand,
  type OriginAccessControlConfig,
  paginateListDistributions,
} from "@aws-sdk/client-cloudfront";

import { Unread } from "../check.ts";
import { all } from "./read-functions.ts";
import { once, type Reader } from "./reader.ts";

export interface DistributionFound {
  readonly id: string;
  readonly arn: string;
  /** `Deployed`, or `InProgress` while locations are still told. */
  readonly status: string;
  readonly config: DistributionConfig;
  readonly tags: Readonly<Record<string, string>>;
}

export interface DistributionReads {
  /**
   * The one that answers to the app's host name, CloudFront's or the owner's.
   *
   * @throws {Unread} (rejects) also when none of the account does.
   */
  distribution(): Promise<DistributionFound>;
  /** By its id; undefined where there is none. */
  accessControl(id: string): Promise<OriginAccessControlConfig | undefined>;
  /** The code of a CloudFront function that is live; undefined where there is none. */
  viewerFunction(name: string): Promise<string | undefined>;
}

export function createDistributionReads(
  reader: Reader,
  client: CloudFrontClient,
  appUrl: string,
): DistributionReads {
  return {
    distribution: once(async () => {
      const { host } = new URL(appUrl);
      const pages = await reader.read("cloudfront:ListDistributions", () =>
        all(paginateListDistributions({ client }, {})),
      );
      const id = pages
        .flatMap(({ DistributionList }) => DistributionList?.Items ?? [])
        .find(({ DomainName, Aliases }) =>
          [DomainName, ...(Aliases?.Items ?? [])].includes(host),
        )?.Id;
      if (id === undefined)
        throw new Unread(
          `no distribution of this account answers to ${host}`,
          "Use the credentials of the stage's account, or deploy the stage again.",
        );
      const { Distribution } = await reader.read("cloudfront:GetDistribution", () =>
        client.send(new GetDistributionCommand({ Id: id })),
      );
      const { ARN: arn = "", Status: status = "", DistributionConfig: config } = Distribution ?? {};
      if (config === undefined)
        throw new Unread(`CloudFront did not show the distribution ${id}`, "Run doctor again.");
      const { Tags } = await reader.read("cloudfront:ListTagsForResource", () =>
        client.send(new ListTagsForResourceCommand({ Resource: arn })),
      );
      const tags = Object.fromEntries(
        (Tags?.Items ?? []).map(({ Key = "", Value = "" }) => [Key, Value]),
      );
      return { id, arn, status, config, tags };
    }),
    accessControl: once(async (id) => {
      const found = await reader.readIfThere(
        "cloudfront:GetOriginAccessControl",
        ["NoSuchOriginAccessControl"],
        () => client.send(new GetOriginAccessControlCommand({ Id: id })),
      );
      return found?.OriginAccessControl?.OriginAccessControlConfig;
    }),
    viewerFunction: once(async (name) => {
      const found = await reader.readIfThere(
        "cloudfront:GetFunction",
        ["NoSuchFunctionExists"],
        () => client.send(new GetFunctionCommand({ Name: name, Stage: "LIVE" })),
      );
      return found && new TextDecoder().decode(found.FunctionCode);
    }),
  };
}
