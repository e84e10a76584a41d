import { makeKeyPair, publicJwk } from "@sst-gatehouse/testkit/tokens";

import type { GuardSettings } from "../src/guard-settings/guard-settings.ts";

/** One pool and one stage, for the tests of every package that reads the guard's settings. */
export const host = "abcdefghijklmnopqrstuvwxyz234567.lambda-url.eu-central-1.on.aws";
export const issuer = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf123";
/** The pool's other name, in the tokens of a pool that is set to `UPDATED`. */
export const updatedIssuer =
  "https://issuer-cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf123";
export const webClient = "1webwebwebwebwebwebwebweb1";
export const machineClient = "2machinemachinemachinema2";
export const idKey = makeKeyPair();
export const accessKey = makeKeyPair();

export const guardSettings: GuardSettings = {
  madeBy: "local",
  region: "eu-central-1",
  prefix: "/gatehouse/app/test",
  functionUrlHost: host,
  issuers: [issuer, updatedIssuer],
  jwks: { keys: [publicJwk(idKey), publicJwk(accessKey)], fetchedAt: 1_800_000_000 },
  clients: {
    [webClient]: { name: "web", kind: "person", tokenUses: ["id", "access"] },
    [machineClient]: { name: "machine", kind: "machine", tokenUses: ["access"] },
  },
  clientNames: ["web", "machine"],
  corsOrigins: ["https://spa.example.com"],
  forwardToken: false,
  originHeaderBytes: 9728,
  signIn: { hostedOrigin: "https://auth.example.com", client: "web", peopleScopes: [] },
  revocation: { mode: "off" },
};
