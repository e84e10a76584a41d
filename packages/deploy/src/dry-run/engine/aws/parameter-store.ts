import { account } from "../made-up-outputs.ts";
import { stateBucket } from "../own-server.ts";
import { jsonAnswer, type AwsApi } from "./aws-request.ts";

/** Of what SST keeps about an account; with it, it makes nothing anew. */
const bootstrapVersion = 5;

/**
 * The parameters that the SST CLI itself reads and writes: what it has set up in a region, and the passphrase of a
 * stage's state.
 *
 * @param mark makes the state bucket's name this stand-in's own.
 */
export function createParameterStore(mark: string): AwsApi {
  const values = new Map<string, string>();
  return ({ target, region, body }) => {
    if (target === "AmazonSSM.GetParameter") {
      const { Name }: { Name: string } = JSON.parse(body.toString());
      const value = Name === "/sst/bootstrap" ? bootstrap(region) : values.get(`${region} ${Name}`);
      return value === undefined
        ? jsonAnswer(400, { __type: "ParameterNotFound", message: Name })
        : jsonAnswer(200, { Parameter: { Name, Value: value, Type: "String", Version: 1 } });
    }
    if (target === "AmazonSSM.PutParameter") {
      const { Name, Value }: { Name: string; Value: string } = JSON.parse(body.toString());
      values.set(`${region} ${Name}`, Value);
      return jsonAnswer(200, { Version: 1 });
    }
    return undefined;
  };

  function bootstrap(region: string): string {
    return JSON.stringify({
      version: bootstrapVersion,
      asset: `sst-asset-${region}`,
      state: stateBucket(region, mark),
      assetEcrRegistryId: account,
      assetEcrUrl: `${account}.dkr.ecr.${region}.amazonaws.com/sst-asset`,
      appsyncHttp: "",
      appsyncRealtime: "",
    });
  }
}
