import { xmlAnswer, type AwsApi } from "./aws-request.ts";

const notFound = "<Error><Code>NoSuchKey</Code><Message>no such key</Message></Error>";
const emptyList = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";

/** S3, for the CLI's state, locks and logs: whole objects, addressed by `/<bucket>/<key>`. */
export function createObjectStore(): AwsApi {
  const objects = new Map<string, Buffer>();
  return ({ method, path, query, target, body }) => {
    if (target !== undefined || !/^\/[^/]+/.test(path)) return undefined;
    switch (method) {
      case "PUT":
        objects.set(path, body);
        return xmlAnswer(200, "");
      case "DELETE":
        objects.delete(path);
        return xmlAnswer(204, "");
      case "GET": {
        if (query.has("list-type")) return xmlAnswer(200, emptyList);
        const found = objects.get(path);
        return found === undefined ? xmlAnswer(404, notFound) : { status: 200, body: found };
      }
      default:
        return undefined;
    }
  };
}
