import { verifyJwtSync } from "aws-jwt-verify/jwt-verifier";

import { clientIds, issuer, keys, type Peer, publicKeys } from "./edge-function.ts";

/** By its function for given keys: its Cognito verifier does the same, and more. */
export const verify: Peer["verify"] = (token) =>
  verifyJwtSync(token, { keys: [...keys] }, { issuer, audience: clientIds }, ({ kid }) => {
    const key = publicKeys.get(kid);
    if (key === undefined) throw new TypeError("there is no such key");
    return key;
  });
