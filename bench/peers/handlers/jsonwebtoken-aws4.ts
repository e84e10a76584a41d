import jsonwebtoken from "jsonwebtoken";

import { clientIds, edgeFunction, issuer, keyIdOf, publicKeys } from "./edge-function.ts";
import { sign } from "./with-aws4.ts";

const [first = "", ...others] = clientIds;
const audience: [string, ...string[]] = [first, ...others];

export const handler = edgeFunction({
  verify(token) {
    const key = publicKeys.get(keyIdOf(token)) ?? "";
    return jsonwebtoken.verify(token, key, { algorithms: ["RS256"], issuer, audience });
  },
  sign,
});
