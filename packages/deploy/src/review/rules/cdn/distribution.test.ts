import { resolveStage } from "@sst-gatehouse/blueprint/stages";
import { expect, test } from "vitest";

import { checkDistribution } from "./distribution.ts";
import { chainUnderTest, resourceNames, rulesOf } from "../../../../test/graph-under-test.ts";

const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d";
const domainStage = resolveStage(
  { default: { domain: "app.example.com", certificateArn } },
  "anna",
);
const viewerCertificate = {
  acmCertificateArn: certificateArn,
  sslSupportMethod: "sni-only",
  minimumProtocolVersion: "TLSv1.2_2021",
};
const custom = { aliases: ["app.example.com"], viewerCertificate };

function change(inputs: Readonly<Record<string, unknown>>) {
  return { changes: { [resourceNames.distribution]: inputs } };
}

test("a distribution with its own name breaks no rule, nor does one with the stage's domain", () => {
  expect(checkDistribution(chainUnderTest())).toEqual([]);
  expect(checkDistribution(chainUnderTest(change(custom), domainStage))).toEqual([]);
  const empty = {
    defaultRootObject: "",
    continuousDeploymentPolicyId: "",
    originGroups: [],
    loggingConfig: undefined,
  };
  expect(checkDistribution(chainUnderTest(change(empty)))).toEqual([]);
});

test.each([
  ["distribution-enabled", { enabled: false }],
  ["distribution-enabled", { staging: true }],
  ["distribution-http", { httpVersion: "http2" }],
  ["distribution-http", { httpVersion: undefined }],
  ["distribution-groups", { originGroups: [{ originId: "both" }] }],
  ["distribution-errors", { customErrorResponses: [{ errorCode: 403 }] }],
  ["distribution-root", { defaultRootObject: "index.html" }],
  ["distribution-continuous-deployment", { continuousDeploymentPolicyId: "a" }],
  ["distribution-logging", { loggingConfig: { bucket: "logs", includeCookies: true } }],
  ["distribution-logging", { loggingConfig: { bucket: "logs", includeCookies: false } }],
  ["distribution-setting", { anycastIpListId: "a" }],
  ["distribution-aliases", { aliases: ["app.example.com"] }],
  ["distribution-certificate", { viewerCertificate }],
  ["distribution-certificate", { viewerCertificate: undefined }],
  [
    "distribution-certificate",
    { viewerCertificate: { ...viewerCertificate, cloudfrontDefaultCertificate: true } },
  ],
])("%s is broken by %j", (rule, inputs) => {
  expect(rulesOf(checkDistribution(chainUnderTest(change(inputs))))).toEqual([rule]);
});

test.each([
  ["distribution-aliases", { aliases: [] }],
  ["distribution-aliases", { aliases: ["app.example.com", "www.example.com"] }],
  ["distribution-certificate", { viewerCertificate: { cloudfrontDefaultCertificate: true } }],
  [
    "distribution-certificate",
    { viewerCertificate: { ...viewerCertificate, acmCertificateArn: `${certificateArn}0` } },
  ],
  [
    "distribution-certificate",
    { viewerCertificate: { ...viewerCertificate, minimumProtocolVersion: "TLSv1" } },
  ],
  [
    "distribution-certificate",
    { viewerCertificate: { ...viewerCertificate, sslSupportMethod: "vip" } },
  ],
  [
    "distribution-certificate",
    { viewerCertificate: { ...viewerCertificate, cloudfrontDefaultCertificate: true } },
  ],
])("with a domain, %s is broken by %j", (rule, inputs) => {
  const chain = chainUnderTest(change({ ...custom, ...inputs }), domainStage);
  expect(rulesOf(checkDistribution(chain))).toEqual([rule]);
});

test("a certificate of another region is refused even where the settings let it through", () => {
  const abroad = certificateArn.replace("us-east-1", "eu-central-1");
  const inputs = {
    ...custom,
    viewerCertificate: { ...viewerCertificate, acmCertificateArn: abroad },
  };
  const chain = chainUnderTest(change(inputs), { ...domainStage, certificateArn: abroad });
  expect(rulesOf(checkDistribution(chain))).toEqual(["distribution-certificate"]);
});
