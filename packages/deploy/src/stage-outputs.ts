import { forClients } from "@sst-gatehouse/blueprint/app-clients";
import type { StageOutputs } from "@sst-gatehouse/blueprint/stage-outputs";
import { isRecord } from "@sst-gatehouse/blueprint/is-record";

/**
 * Builds the outputs of a stage from what a deploy knows. URLs may end with a slash, as the Function URL's does.
 *
 * Infra writes it to a parameter of the stage, and imports this file: nothing here loads an SDK.
 */
export function createStageOutputs(made: Omit<StageOutputs, "endpoints">): StageOutputs {
  const { region, edgeRegion, userPoolId, clients } = made;
  return {
    appUrl: withoutTrailingSlash(made.appUrl),
    signInUrl: withoutTrailingSlash(made.signInUrl),
    functionUrl: withoutTrailingSlash(made.functionUrl),
    region,
    edgeRegion,
    userPoolId,
    clients,
    endpoints: {
      ssm: `https://ssm.${region}.amazonaws.com`,
      cognitoIdp: `https://cognito-idp.${region}.amazonaws.com`,
    },
  };
}

function withoutTrailingSlash(url: string): string {
  return url.endsWith("/") ? url.slice(0, -1) : url;
}

/** Parameter Store's own limit for the largest kind of parameter. */
const maxLength = 8192;

const region = /^[a-z]{2}(-[a-z]{1,12}){1,3}-\d$/;
const origin = /^https:\/\/[a-z0-9]([a-z0-9.-]{0,252}[a-z0-9])?$/;
/** Printable and without spaces, so that a terminal shows what a browser opens. */
const link = /^https:\/\/[\x21-\x7e]{1,2000}(?<!\/)$/;
/** Cognito's own pattern. */
const clientId = /^\w{1,128}$/;

/**
 * Reads what `createStageOutputs` made, as it came from Parameter Store.
 *
 * @throws {TypeError} naming the member that is missing, malformed or not known.
 */
export function parseStageOutputs(text: string): StageOutputs {
  if (text.length > maxLength) throw new TypeError(`the outputs have over ${maxLength} characters`);
  const outputs = members("outputs", parseJson(text), [
    "appUrl",
    "signInUrl",
    "functionUrl",
    "region",
    "edgeRegion",
    "userPoolId",
    "clients",
    "endpoints",
  ]);
  const clients = members("clients", outputs["clients"], ["web", "spa", "machine", "walkthrough"]);
  const endpoints = members("endpoints", outputs["endpoints"], ["ssm", "cognitoIdp"]);
  const homeRegion = matching("region", outputs["region"], region);
  const userPoolId = matching("userPoolId", outputs["userPoolId"], /^[a-z0-9-]{1,30}_\w{1,40}$/);
  if (!userPoolId.startsWith(`${homeRegion}_`)) throw malformed("userPoolId");
  return {
    appUrl: matching("appUrl", outputs["appUrl"], origin),
    signInUrl: matching("signInUrl", outputs["signInUrl"], link),
    functionUrl: matching("functionUrl", outputs["functionUrl"], origin),
    region: homeRegion,
    edgeRegion: matching("edgeRegion", outputs["edgeRegion"], region),
    userPoolId,
    clients: forClients(
      {
        spaClient: clients["spa"] !== undefined,
        machineClient: clients["machine"] !== undefined,
        implicitGrant: clients["walkthrough"] !== undefined,
      },
      (name) => parseClient(`clients.${name}`, clients[name]),
    ),
    endpoints: {
      ssm: matching("endpoints.ssm", endpoints["ssm"], origin),
      cognitoIdp: matching("endpoints.cognitoIdp", endpoints["cognitoIdp"], origin),
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new TypeError("the outputs are not JSON");
  }
}

function parseClient(name: string, value: unknown): { readonly id: string } {
  return { id: matching(`${name}.id`, members(name, value, ["id"])["id"], clientId) };
}

/** The members of an object, which may have no others. */
function members(
  name: string,
  value: unknown,
  known: readonly string[],
): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) throw malformed(name);
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new TypeError(`the outputs have an unknown member: ${printable(name, unknown)}`);
  return { ...value };
}

function printable(name: string, member: string): string {
  const path = name === "outputs" ? "" : `${name}.`;
  return `${path}${/^\w{1,40}$/.test(member) ? member : JSON.stringify(member.slice(0, 40))}`;
}

function matching(name: string, value: unknown, pattern: RegExp): string {
  if (typeof value !== "string" || !pattern.test(value)) throw malformed(name);
  return value;
}

function malformed(name: string): TypeError {
  return new TypeError(`the outputs have no ${name}, or one that Gatehouse did not write`);
}
