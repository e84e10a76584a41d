import { bootstrapOf } from "../../engine/bootstrap.ts";
import { jsonAnswer, type AwsApi } from "./aws-request.ts";

/**
 * The parameters that the SST CLI itself reads and writes: what it has set up in a region, and the passphrase of a
 * stage's state.
 */
export function createParameterStore(): AwsApi {
  const values = new Map<string, string>();
  return ({ target, region, body }) => {
    if (target === "AmazonSSM.GetParameter") {
      const { Name }: { Name: string } = JSON.parse(body.toString());
      const value =
        Name === "/sst/bootstrap"
          ? JSON.stringify(bootstrapOf(region))
          : values.get(`${region} ${Name}`);
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
}
