import {
  type AppClientKind,
  type AppClientName,
  isAppClientName,
  type TokenUse,
} from "../aws/app-clients.ts";
import { isRecord, type JsonRecord } from "../is-record.ts";
import { urlPatternProblem } from "../protocol/client-documents.ts";
import { tokenPattern } from "../protocol/cookies.ts";
import { isCorsOrigin } from "../protocol/cors.ts";
import type { GuardSettings } from "./guard-settings.ts";

import { clientIdPattern, parseKeySet } from "./cognito-values.ts";

const hostPattern = /^[a-z0-9]{1,63}\.lambda-url\.[a-z0-9-]{1,32}\.on\.aws$/;
const bucketHostPattern = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]\.s3\.[a-z0-9-]{1,32}\.amazonaws\.com$/;
const issuerPattern = /^https:\/\/[a-z0-9.-]{1,100}\.amazonaws\.com(\.cn)?\/[\w-]{1,55}$/;

/**
 * Checks the settings that go with the bundle while it is built: what is wrong with them should stop a
 * deployment, not a request.
 *
 * @throws {TypeError} naming the member that is missing or wrong.
 */
export function parseGuardSettings(value: unknown): GuardSettings {
  const file = record(value, "the file");
  const madeBy = file["madeBy"];
  if (madeBy !== "local" && madeBy !== "deploy") throw wrong("madeBy");
  const jwks = file["jwks"];
  const clients = file["clients"];
  const appOrigins = file["appOrigins"];
  const signIn = file["signIn"] === undefined ? undefined : record(file["signIn"], "signIn");
  const urlPatterns = file["cimdUrlPatterns"];
  const cookies = file["forwardCookies"];
  const site = file["site"] === undefined ? undefined : record(file["site"], "site");
  const corsRequestHeaders = file["corsRequestHeaders"];
  const otherHosts = file["otherFunctionUrlHosts"];
  const callerVersion = file["callerVersion"];
  if (callerVersion !== undefined && callerVersion !== 2) throw wrong("callerVersion");
  // Parameter Store must not decide whom a deployed guard believes.
  if (madeBy === "deploy" && jwks === undefined) throw wrong("jwks");
  return {
    madeBy,
    region: text(file["region"], "region", /^[a-z0-9-]{1,32}$/),
    prefix: text(file["prefix"], "prefix", /^(\/[\w.-]+)+$/),
    functionUrlHost: text(file["functionUrlHost"], "functionUrlHost", hostPattern),
    ...(otherHosts === undefined
      ? {}
      : { otherFunctionUrlHosts: texts(otherHosts, "otherFunctionUrlHosts", hostPattern, 1) }),
    ...(site === undefined ? {} : { site: parseSite(site) }),
    issuers: texts(file["issuers"], "issuers", issuerPattern, 1),
    ...(jwks === undefined ? {} : { jwks: parseBakedKeys(jwks) }),
    ...(clients === undefined ? {} : { clients: parseClients(clients) }),
    ...(urlPatterns === undefined ? {} : { cimdUrlPatterns: parseUrlPatterns(urlPatterns) }),
    clientNames: texts(file["clientNames"], "clientNames", /^[a-z]{1,32}$/, 1),
    ...(appOrigins === undefined
      ? {}
      : { appOrigins: texts(appOrigins, "appOrigins", /^https?:\/\/[^/]+$/, 1) }),
    corsOrigins: parseCorsOrigins(file["corsOrigins"]),
    ...(corsRequestHeaders === undefined
      ? {}
      : { corsRequestHeaders: texts(corsRequestHeaders, "corsRequestHeaders", tokenPattern, 0) }),
    forwardToken: bool(file["forwardToken"], "forwardToken"),
    ...(cookies === undefined
      ? {}
      : { forwardCookies: texts(cookies, "forwardCookies", tokenPattern, 0) }),
    originHeaderBytes: bytes(file["originHeaderBytes"], "originHeaderBytes"),
    ...(signIn === undefined ? {} : { signIn: parseSignIn(signIn) }),
    revocation: parseRevocation(file["revocation"]),
    ...(callerVersion === undefined ? {} : { callerVersion }),
    ...(isOn(file["logPaths"], "logPaths") && { logPaths: true }),
    ...(isOn(file["metrics"], "metrics") && { metrics: true }),
  };
}

function parseSite({ host, fallback }: JsonRecord): NonNullable<GuardSettings["site"]> {
  return {
    host: text(host, "site.host", bucketHostPattern),
    ...(fallback === undefined
      ? {}
      : { fallback: text(fallback, "site.fallback", /^(?:\w[\w.-]*\/)*\w[\w.-]*\.html$/) }),
  };
}

function parseSignIn({
  hostedOrigin,
  apiOrigin,
  client,
  peopleScopes,
}: JsonRecord): NonNullable<GuardSettings["signIn"]> {
  return {
    hostedOrigin: text(hostedOrigin, "signIn.hostedOrigin", /^https?:\/\/[^\s/#?]{1,255}$/),
    // Codes and refresh tokens go there.
    ...(apiOrigin === undefined
      ? {}
      : { apiOrigin: text(apiOrigin, "signIn.apiOrigin", /^https:\/\/[^\s/#?@]{1,255}$/) }),
    client: clientName(client, "signIn.client"),
    peopleScopes: texts(peopleScopes, "signIn.peopleScopes", /^[\x21-\x7e]{1,1024}$/, 0),
  };
}

function parseRevocation(value: unknown): GuardSettings["revocation"] {
  const { mode, whenUnknown, checkedBy } = record(value, "revocation");
  if (mode === "off" && whenUnknown === undefined && checkedBy === undefined) return { mode };
  if (mode !== "on" || (whenUnknown !== "allow" && whenUnknown !== "refuse"))
    throw wrong("revocation");
  if (checkedBy !== undefined && checkedBy !== "backend") throw wrong("revocation");
  return { mode, whenUnknown, ...(checkedBy === undefined ? {} : { checkedBy }) };
}

function clientName(value: unknown, name: string): AppClientName {
  if (typeof value !== "string" || !isAppClientName(value)) throw wrong(name);
  return value;
}

function parseUrlPatterns(value: unknown): readonly string[] {
  const patterns = texts(value, "cimdUrlPatterns", /^https:/, 1);
  if (patterns.some((pattern) => urlPatternProblem(pattern) !== undefined))
    throw wrong("cimdUrlPatterns");
  return patterns;
}

function parseCorsOrigins(value: unknown): readonly string[] {
  if (!Array.isArray(value) || !value.every(isCorsOrigin)) throw wrong("corsOrigins");
  return value;
}

function parseBakedKeys(value: unknown): NonNullable<GuardSettings["jwks"]> {
  const { fetchedAt } = record(value, "jwks");
  if (fetchedAt === undefined) return { keys: parseKeySet(value) };
  if (typeof fetchedAt !== "number" || !Number.isSafeInteger(fetchedAt))
    throw wrong("jwks.fetchedAt");
  return { keys: parseKeySet(value), fetchedAt };
}

function parseClients(value: unknown): NonNullable<GuardSettings["clients"]> {
  const entries = Object.entries(record(value, "clients"));
  if (entries.length === 0) throw wrong("clients");
  const clients: Record<
    string,
    { name: string; kind: AppClientKind; tokenUses: readonly TokenUse[] }
  > = Object.create(null);
  for (const [id, client] of entries) {
    const { name, kind, tokenUses } = record(client, "a client");
    if (!clientIdPattern.test(id) || (kind !== "person" && kind !== "machine"))
      throw wrong("clients");
    const uses = texts(tokenUses, "tokenUses", /^(id|access)$/, 1).map((use): TokenUse =>
      use === "id" ? "id" : "access",
    );
    clients[id] = { name: clientName(name, "the name of a client"), kind, tokenUses: uses };
  }
  return clients;
}

function record(value: unknown, name: string): JsonRecord {
  if (!isRecord(value)) throw wrong(name);
  return value;
}

function text(value: unknown, name: string, pattern: RegExp): string {
  if (typeof value !== "string" || !pattern.test(value)) throw wrong(name);
  return value;
}

function texts(value: unknown, name: string, pattern: RegExp, atLeast: number): readonly string[] {
  if (!Array.isArray(value) || value.length < atLeast) throw wrong(name);
  return value.map((item) => text(item, name, pattern));
}

function bool(value: unknown, name: string): boolean {
  if (typeof value !== "boolean") throw wrong(name);
  return value;
}

/** What is off is left out. */
function isOn(value: unknown, name: string): boolean {
  if (value !== undefined && value !== true) throw wrong(name);
  return value === true;
}

function bytes(value: unknown, name: string): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1) throw wrong(name);
  return value;
}

function wrong(name: string): TypeError {
  return new TypeError(`settings.json: ${name} is missing or malformed`);
}
