import { edgeFunction } from "./edge-function.ts";
import { verify } from "./with-aws-jwt-verify.ts";
import { sign } from "./with-aws4.ts";

export const handler = edgeFunction({ verify, sign });
