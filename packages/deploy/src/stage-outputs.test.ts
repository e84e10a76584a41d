import { expect, test } from "vitest";

import { createStageOutputs, parseStageOutputs } from "./stage-outputs.ts";

const made = {
  appUrl: "https://d111111abcdef8.cloudfront.net/",
  signInUrl:
    "https://gatehouse-dev-01234567.auth.eu-central-1.amazoncognito.com/login?client_id=w&redirect_uri=https%3A%2F%2Fd111111abcdef8.cloudfront.net%2F",
  functionUrl: "https://abcdefghijklmnopqrstuvwxyz234567.lambda-url.eu-central-1.on.aws/",
  region: "eu-central-1",
  edgeRegion: "us-east-1",
  userPoolId: "eu-central-1_Abcdefghi",
  clients: {
    web: { id: "w".repeat(26) },
    machine: { id: "m".repeat(26) },
    walkthrough: { id: "t".repeat(26) },
  },
};
const outputs = createStageOutputs(made);

test("takes trailing slashes off, and adds where AWS answers in the home region", () => {
  expect(outputs).toEqual({
    ...made,
    appUrl: "https://d111111abcdef8.cloudfront.net",
    functionUrl: "https://abcdefghijklmnopqrstuvwxyz234567.lambda-url.eu-central-1.on.aws",
    endpoints: {
      ssm: "https://ssm.eu-central-1.amazonaws.com",
      cognitoIdp: "https://cognito-idp.eu-central-1.amazonaws.com",
    },
  });
});

test("reads what was made, and fits a standard parameter", () => {
  const text = JSON.stringify(outputs);
  expect(parseStageOutputs(text)).toEqual(outputs);
  expect(Buffer.byteLength(text)).toBeLessThan(4096);
});

test("the walk-through's client may be missing, and is not made up", () => {
  const { walkthrough: _, ...clients } = outputs.clients;
  const parsed = parseStageOutputs(JSON.stringify({ ...outputs, clients }));
  expect(Object.keys(parsed.clients)).toEqual(["web", "machine"]);
});

const { web } = outputs.clients;
test.each([
  ["no JSON", "<html>", "the outputs are not JSON"],
  ["nothing", "", "the outputs are not JSON"],
  ["another value", "null", "no outputs"],
  ["a list", "[]", "no outputs"],
  ["more than a parameter can hold", " ".repeat(8193), "over 8192 characters"],
  ["a member that is not known", { ...outputs, secret: "x" }, "unknown member: secret"],
  ["a strange name", { ...outputs, "\u001b[2J": "x" }, 'unknown member: "\\u001b[2J"'],
  ["no URL", { ...outputs, appUrl: undefined }, "no appUrl"],
  ["a URL in the clear", { ...outputs, appUrl: "http://app.example" }, "no appUrl"],
  ["a trailing slash", { ...outputs, appUrl: "https://app.example/" }, "no appUrl"],
  ["a URL with a user", { ...outputs, appUrl: "https://a@app.example" }, "no appUrl"],
  ["a number", { ...outputs, functionUrl: 1 }, "no functionUrl"],
  ["a line feed", { ...outputs, functionUrl: "https://a.example\n" }, "no functionUrl"],
  ["a space in a link", { ...outputs, signInUrl: "https://a.example/login x" }, "no signInUrl"],
  [
    "a link that ends with a slash",
    { ...outputs, signInUrl: "https://a.example/" },
    "no signInUrl",
  ],
  ["a region that is none", { ...outputs, region: "eu" }, "no region"],
  ["an edge region that is none", { ...outputs, edgeRegion: "" }, "no edgeRegion"],
  ["a pool of another region", { ...outputs, userPoolId: "us-east-1_Abcdefghi" }, "no userPoolId"],
  ["a pool that is none", { ...outputs, userPoolId: "eu-central-1_" }, "no userPoolId"],
  ["no clients", { ...outputs, clients: "x" }, "no clients"],
  ["no client of the guard", { ...outputs, clients: {} }, "no clients.web"],
  [
    "a client more",
    { ...outputs, clients: { ...outputs.clients, x: web } },
    "unknown member: clients.x",
  ],
  [
    "a client's secret",
    { ...outputs, clients: { web, machine: { id: "m", secret: "x" } } },
    "unknown member: clients.machine.secret",
  ],
  [
    "a client's id that is none",
    { ...outputs, clients: { web: { id: "" }, machine: web } },
    "no clients.web.id",
  ],
  [
    "a walk-through that is none",
    { ...outputs, clients: { web, machine: web, walkthrough: null } },
    "no clients.walkthrough",
  ],
  [
    "no endpoint",
    { ...outputs, endpoints: { ssm: "https://ssm.example" } },
    "no endpoints.cognitoIdp",
  ],
  [
    "an endpoint with a path",
    { ...outputs, endpoints: { ssm: "https://a/b" } },
    "no endpoints.ssm",
  ],
])("refuses %s, and names it", (_what, value, message) => {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const parse = () => parseStageOutputs(text);
  expect(parse).toThrow(TypeError);
  expect(parse).toThrow(message);
});
