import { behaviorsOf } from "@sst-gatehouse/blueprint/behaviors";
import { backendsOf, type Gate } from "@sst-gatehouse/blueprint/gate";
import type { Stage, StageSettings } from "@sst-gatehouse/blueprint/stages";
import { type AccessRules, defineAccess } from "@sst-gatehouse/core/access";
import { createAwsClients } from "@sst-gatehouse/deploy/aws-clients";
import {
  type Answer,
  type Ask,
  type Examination,
  examineStage,
  type RevokedUserTrial,
} from "@sst-gatehouse/deploy/examine-stage";
import type { Graph } from "@sst-gatehouse/deploy/graph";
import { parseStageOutputs } from "@sst-gatehouse/deploy/stage-outputs";
import { accountFrom } from "@sst-gatehouse/local/test/account-from-graph";
import type { AccountState, Json, PlayedFunction } from "@sst-gatehouse/local/test/account-state";
import { type PlayedAccount, startAccount } from "@sst-gatehouse/local/test/played-account";
import { afterAll, beforeAll, vi } from "vitest";

import { access, evaluateSample, stageOf } from "./sample.ts";

// A stage of a graph as AWS would show it, looked at by the real SDK clients over the wire.

const everything: StageSettings = {
  domain: "app.example.com",
  certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/abc",
  waf: { requestsPerFiveMinutes: 2000 },
};

/** A personal stage. */
export let anna: Graph;
/** With a domain and a firewall. */
export let production: Graph;
let account: PlayedAccount;
let awsClients: ReturnType<typeof createAwsClients>;

/** Plays the account for the tests of a file, which calls this at its top: files share what is loaded, and each has hooks of its own. */
export function playAccount(): void {
  beforeAll(async () => {
    anna = (await evaluateSample({ stage: "anna" })).graph;
    production = (await evaluateSample({ stage: "production", production: everything })).graph;
    account = await startAccount(accountFrom(anna));
    vi.stubEnv("AWS_ENDPOINT_URL", account.url);
    vi.stubEnv("AWS_ACCESS_KEY_ID", account.credentials.accessKeyId);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", account.credentials.secretAccessKey);
    vi.stubEnv("AWS_SESSION_TOKEN", account.credentials.sessionToken);
    awsClients = createAwsClients("eu-central-1");
  }, 300_000);
  afterAll(async () => {
    vi.unstubAllEnvs();
    await account.close();
  });
}

export type Answers = Record<
  string,
  { status: number; headers: Record<string, string>; body: string }
>;

/** What a well stage answers to nobody, by what is asked; recordings of the same kind are in docs/stand-ins.md. */
function answersOf(graph: Graph): Answers {
  const { appUrl, clients, signInUrl } = outputsOf(graph);
  const hosted = new URL(signInUrl).origin;
  return {
    "/public/gatehouse-doctor-": {
      status: 404,
      headers: { "content-type": "application/problem+json" },
      body: "",
    },
    "/gatehouse-doctor-": {
      status: 401,
      headers: { "content-type": "application/problem+json" },
      body: '{"status":401,"code":"token_missing"}',
    },
    "/.auth/login": {
      status: 302,
      headers: {
        location: `${hosted}/oauth2/authorize?client_id=${clients.web.id}&redirect_uri=${encodeURIComponent(`${appUrl}/.auth/callback`)}&state=abc`,
      },
      body: "",
    },
    "/oauth2/authorize": {
      status: 302,
      headers: { location: `${hosted}/login?client_id=${clients.web.id}&state=abc` },
      body: "",
    },
    "/login": {
      status: 200,
      headers: { "content-type": "text/html" },
      body: '<form method="post"><input name="password" type="password"></form>',
    },
    "lambda-url": {
      status: 403,
      headers: { "content-type": "application/json", "x-amzn-errortype": "AccessDeniedException" },
      body: '{"Message":"Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"}',
    },
  };
}

export function outputsOf(graph: Graph) {
  const [value] =
    accountFrom(graph).parameters.get(`/gatehouse/gatehouse/${graph.stage}/outputs`) ?? [];
  return parseStageOutputs(value?.Value ?? "");
}

export interface Situation {
  readonly graph?: Graph;
  readonly stage?: Stage;
  readonly access?: AccessRules;
  readonly site?: Examination["site"];
  readonly change?: (state: AccountState) => void;
  readonly answers?: Partial<Answers>;
  /** Asked first; what it does not answer is played. */
  readonly ask?: (...request: Parameters<Ask>) => Promise<Answer | undefined>;
  readonly trial?: RevokedUserTrial;
  readonly progress?: string[];
}

/**
 * A stage whose gate has a front end, as it says in `gate.ts`.
 *
 * @param change what somebody has changed in its account.
 */
export function siteSituation(
  graph: Graph,
  { rules, site, backends }: SiteInGate,
  change?: (state: AccountState) => void,
) {
  const ruled = defineAccess({ scopes: ["api/read"], rules });
  const behaviors = behaviorsOf({ site, access: ruled }, backendsOf({ backends }));
  return { graph, access: ruled, site: { ...site, behaviors }, ...(change && { change }) };
}

interface SiteInGate extends Pick<Gate, "backends"> {
  readonly rules: Readonly<Record<string, "anyone" | "signed-in">>;
  readonly site: NonNullable<Gate["site"]>;
}

export async function examine({
  graph = anna,
  stage,
  access: rules = access,
  site,
  change,
  answers = {},
  ask,
  trial,
  progress = [],
}: Situation = {}) {
  const state = accountFrom(graph);
  // A further backend's path, as the default behaviour has it.
  const { CacheBehaviors, DefaultCacheBehavior } = configOf(state);
  if (site === undefined)
    Object.assign(CacheBehaviors, {
      Quantity: 1,
      Items: [{ PathPattern: "/files/*", ...structuredClone(DefaultCacheBehavior) }],
    });
  change?.(state);
  account.state = state;
  account.calls.length = 0;
  const played = Object.entries({ ...answersOf(graph), ...answers });
  const rows = await examineStage({
    app: { name: "gatehouse", region: "eu-central-1" },
    stage: stage ?? stageOf(graph.stage, graph.stage === "production" ? everything : {}),
    access: rules,
    outputs: outputsOf(graph),
    site,
    // The clock is put onto the client of Parameter Store, once.
    clients: { ...awsClients, ssm: createAwsClients("eu-central-1").ssm },
    async ask(url, ...rest) {
      const own = await ask?.(url, ...rest);
      if (own !== undefined) return own;
      const [, answer] = played.find(([part]) => url.includes(part)) ?? [];
      if (answer === undefined) throw Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
      return { setCookies: [], ...answer };
    },
    trial,
    progress: (what) => progress.push(what),
  });
  return { rows, calls: [...account.calls] };
}

/** The rows that are not well, by id. */
export async function wrong(situation: Situation) {
  const { rows } = await examine(situation);
  return rows.filter(({ ok }) => !ok);
}

export function configOf(state: AccountState): Json {
  return state.distributions[0]?.DistributionConfig ?? {};
}
export const behavior = (state: AccountState): Json => configOf(state)["CacheBehaviors"].Items[0];
export const guardRole = (state: AccountState) =>
  state.roles.get("gatehouse-anna-eu-central-1-guard")!;
export const apiRole = (state: AccountState) =>
  [...state.roles].find(([name]) => name.includes("GateApiRole"))![1];
const functionNamed = (state: AccountState, part: string): PlayedFunction =>
  state.functions.find(({ FunctionName }) => FunctionName.includes(part))!;
export const api = (state: AccountState) => functionNamed(state, "GateApiFunction");
export const guard = (state: AccountState) => functionNamed(state, "Guard");
export const client = (state: AccountState, name: string): Json =>
  state.userPools[0]!.clients.find(({ ClientName }) => ClientName.endsWith(name))!;
export const policy = (state: AccountState): { Statement: Json[] } =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a policy document
  [...guardRole(state).inline.values()][0] as { Statement: Json[] };
export const statement = (state: AccountState, action: string): Json =>
  policy(state).Statement.find(({ Action }) => Action === action)!;
export const revoked = "/gatehouse/gatehouse/anna/revoked";

export const redeploy = "npx sst refresh --stage anna && npx sst deploy --stage anna";
