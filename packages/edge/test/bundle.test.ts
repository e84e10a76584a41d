import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import http from "node:http";
import https from "node:https";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

import { signByTheRules } from "@sst-gatehouse/testkit/sigv4-by-the-rules";
import { idClaims, makeKeyPair, mint, publicJwk } from "@sst-gatehouse/testkit/tokens";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { buildEdge, type BuiltFile } from "../build.ts";
import { writeAccess, writeSettings } from "../guard-data.ts";
import { toDataFile } from "../src/data-file.ts";
import { access } from "./access.ts";
import {
  accessKey,
  idKey,
  issuer,
  originRequestEvent,
  guardSettings,
  webClient,
} from "./events.ts";

const edge = join(import.meta.dirname, "..");
const workspace = join(edge, "../..");
const files = [
  "fetch-key-set.cjs",
  "lambda.cjs",
  "libraries.cjs",
  "parameters.cjs",
  "resource.cjs",
  "responses.cjs",
  "sessions.cjs",
  "stage-revocations.cjs",
];

const role = {
  AWS_ACCESS_KEY_ID: "ASIAIOSFODNN7EXAMPLE",
  AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  AWS_SESSION_TOKEN: "session-token",
};
const token = mint({
  key: idKey,
  claims: idClaims({ issuer, clientId: webClient, now: Math.floor(Date.now() / 1000) }),
});
const signedIn = originRequestEvent({ uri: "/me", headers: { authorization: `Bearer ${token}` } });

const now = Math.floor(Date.now() / 1000);
const longClaims = { ...idClaims({ issuer, clientId: webClient, now }), auth_time: now - 3600 };
/** So long ago that a list is needed to know more. */
const longSignedIn = originRequestEvent({
  uri: "/me",
  headers: { authorization: `Bearer ${mint({ key: idKey, claims: longClaims })}` },
});

let scratch: string;
let built: string;
let sizes: readonly BuiltFile[];
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "gatehouse-edge-"));
  built = join(scratch, "built");
  ({ files: sizes } = await buildEdge(built));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

const sealing = { keys: [Buffer.alloc(32, 7).toString("base64")] };

/** Settings in their file, whatever they hold, with their own hash. */
function settingsFile(settings: unknown): string {
  const sha256 = createHash("sha256").update(JSON.stringify(settings)).digest("hex");
  return JSON.stringify({ schema: 1, sha256, settings });
}

/** The built files once more, with these settings, rules and keys; `undefined` and `null`: without any. */
async function deploy(
  name: string,
  settings: string | undefined,
  rules: string | null = toDataFile("access", access),
  keys: string | null = toDataFile("sealing", sealing),
): Promise<string> {
  const directory = join(scratch, name);
  await cp(built, directory, { recursive: true });
  if (settings !== undefined) await writeFile(join(directory, "settings.json"), settings);
  if (rules !== null) await writeFile(join(directory, "access.json"), rules);
  if (keys !== null) await writeFile(join(directory, "sealing.json"), keys);
  return directory;
}

interface Observed {
  readonly answers: readonly {
    readonly status?: string;
    readonly uri?: string;
    readonly headers: Record<string, { value: string }[]>;
    readonly body?: string;
  }[];
  /** Of Node's own modules, those that loading the bundle and answering brought in. */
  readonly modules: readonly string[];
  /** Files that were loaded, the bundle among them. */
  readonly files: readonly string[];
  /** Turns to the network up to each answer, counted only where `network` is `"refused"`. */
  readonly networkCalls: readonly number[];
}

/**
 * Loads a bundle in a process of its own, with nothing around it but credentials, and has it answer each event. Its log
 * goes nowhere: stdout as a pipe would load `net` by itself.
 */
async function run(
  directory: string,
  events: readonly unknown[],
  {
    environment = role,
    network = "open",
    turns = 0,
  }: {
    environment?: Partial<typeof role>;
    network?: "open" | "refused";
    /** Of the event loop, to wait for after each answer. */
    turns?: number;
  } = {},
): Promise<Observed> {
  const script = `
    import { openSync, readFileSync, writeSync } from "node:fs";
    import { createRequire } from "node:module";
    const [directory, network, turns, events] = process.argv.slice(1);
    let calls = 0;
    if (network === "refused") {
      const [{ default: net }, { default: dns }, { default: dgram }] =
        await Promise.all(["node:net", "node:dns", "node:dgram"].map((name) => import(name)));
      const refused = () => new Error("there is no network here");
      net.Socket.prototype.connect = function () {
        calls += 1;
        process.nextTick(() => this.destroy(refused()));
        return this;
      };
      dns.lookup = (...args) => { calls += 1; process.nextTick(args.at(-1), refused()); };
      dns.promises.lookup = async () => { calls += 1; throw refused(); };
      for (const name of ["send", "connect"]) dgram.Socket.prototype[name] = () => { calls += 1; throw refused(); };
    }
    const require = createRequire(directory + "/");
    const before = new Set(process.moduleLoadList);
    const { handler } = require(directory + "/lambda.cjs");
    const answers = [], networkCalls = [];
    for (const event of JSON.parse(events)) {
      answers.push(await handler(event));
      for (let turn = 0; turn < Number(turns); turn += 1) await new Promise(setImmediate);
      networkCalls.push(calls);
    }
    const modules = process.moduleLoadList.filter((name) => !before.has(name));
    writeSync(3, JSON.stringify({ answers, modules, files: Object.keys(require.cache), networkCalls }));
    process.exit(0);`;
  const { output, stderr, status } = spawnSync(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      script,
      directory,
      network,
      String(turns),
      JSON.stringify(events),
    ],
    {
      env: environment,
      cwd: directory,
      encoding: "utf8",
      stdio: ["ignore", "ignore", "pipe", "pipe"],
      timeout: 20_000,
    },
  );
  expect({ status, stderr: status === 0 ? "" : stderr.slice(-600) }).toEqual({
    status: 0,
    stderr: "",
  });
  return JSON.parse(output[3] ?? "");
}

function ofTheNetwork(modules: readonly string[]): string[] {
  return modules.filter((name) =>
    /(?:^|[ /_])(?:https?|http2|undici|tls|net|dns|dgram)(?:[/_]|$)/.test(name),
  );
}

describe("the build", () => {
  test("makes the hot path and what it loads when needed, and tells their sizes", async () => {
    expect((await readdir(built)).toSorted()).toEqual(files);
    const measured = await Promise.all(
      files.map(async (file) => {
        const content = await readFile(join(built, file));
        return { file, bytes: content.length, gzipBytes: gzipSync(content, { level: 9 }).length };
      }),
    );
    expect(sizes.toSorted((a, b) => (a.file < b.file ? -1 : 1))).toEqual(measured);
  });

  test("keeps the hot path within 44,000 bytes and 16,000 compressed", async () => {
    const content = await readFile(join(built, "lambda.cjs"));
    expect(content.length).toBeLessThanOrEqual(44_000);
    expect(gzipSync(content, { level: 9 }).length).toBeLessThanOrEqual(16_000);
  });

  test.each([
    ["bytes", "maxBytes: 44_000", "maxBytes: 45", "45 (16000)"],
    ["compressed bytes", "maxGzipBytes: 16_000", "maxGzipBytes: 16", "44000 (16)"],
  ])("refuses a hot path over its budget of %s", async (name, budget, smaller, told) => {
    const copy = join(scratch, `over-${name}`);
    const copied = join(copy, "packages/edge");
    await mkdir(copied, { recursive: true });
    await cp(edge, copied, {
      recursive: true,
      filter: (path) => !/\/(node_modules|dist)$/.test(path),
    });
    await symlink(join(workspace, "node_modules"), join(copy, "node_modules"));
    await symlink(join(edge, "node_modules"), join(copied, "node_modules"));
    const source = await readFile(join(copied, "build.ts"), "utf8");
    expect(source).toContain(budget);
    await writeFile(join(copied, "build.ts"), source.replace(budget, smaller));

    const { status, stderr } = spawnSync(process.execPath, [join(copied, "build.ts")], {
      encoding: "utf8",
    });
    expect(status).toBe(1);
    const message =
      /^Error: lambda\.cjs is \d{5} bytes \(\d{5} compressed\); the budget is (.+)$/m.exec(stderr);
    expect(message?.[1]).toBe(told);
  });

  test("gives the same bytes for the same sources and the same settings", async () => {
    const again = join(scratch, "again");
    await buildEdge(again);
    const reordered = JSON.parse(
      JSON.stringify(Object.fromEntries(Object.entries(guardSettings).toReversed())),
    );
    await writeSettings(again, reordered);
    await writeAccess(again, access);
    const first = await deploy("first", undefined);
    await writeSettings(first, guardSettings);
    await writeAccess(first, access);
    for (const file of [...files, "settings.json", "access.json"]) {
      const same = (await readFile(join(first, file))).equals(await readFile(join(again, file)));
      expect({ file, same }).toEqual({ file, same: true });
    }
    const { settings } = JSON.parse(await readFile(join(first, "settings.json"), "utf8"));
    expect(settings).toEqual(guardSettings);
  });
});

describe("the built files", () => {
  const fromClient = createRequire(join(edge, "package.json")).resolve("@aws-sdk/client-ssm");
  const foreign: [module: string, from: string, needle: string, absentFrom: readonly string[]][] = [
    ["@sst-gatehouse/local/stack", workspace, "Gatehouse local stack", files],
    ["jose", workspace, "ERR_JWS_INVALID", files],
    ["aws4", workspace, "doNotModifyHeaders", files],
    ["fast-check", workspace, "Property failed after", files],
    ["hono", join(workspace, "packages/functions"), "Context is not finalized", files],
    ["selfsigned", join(workspace, "packages/local"), "1.2.840.113549", files],
    ["aws-lambda-ric", join(workspace, "packages/local"), "lambda-runtime-aws-request-id", files],
    ["@aws-sdk/credential-provider-node", dirname(fromClient), "credential_process", files],
    [
      "@aws-sdk/client-ssm",
      edge,
      "GetParametersByPath",
      ["fetch-key-set.cjs", "lambda.cjs", "sessions.cjs", "stage-revocations.cjs"],
    ],
    [
      "@aws-crypto/sha256-js",
      join(workspace, "packages/core"),
      "1116352408",
      ["fetch-key-set.cjs", "lambda.cjs", "sessions.cjs", "stage-revocations.cjs"],
    ],
    [
      "aws-jwt-verify/jwt-verifier",
      join(workspace, "packages/core"),
      "JWT header is not an object",
      files.filter((file) => file !== "libraries.cjs"),
    ],
  ];

  test.each(foreign)("hold nothing of %s", async (module, from, needle, absentFrom) => {
    const { outputFiles } = await build({
      stdin: {
        contents: `import * as all from ${JSON.stringify(module)}; console.log(all);`,
        resolveDir: await realpath(from),
      },
      bundle: true,
      platform: "node",
      format: "esm",
      mainFields: ["module", "main"],
      minify: true,
      write: false,
      logLevel: "silent",
      external: ["esbuild", "*.node"],
    });
    // Otherwise the needle would prove nothing.
    expect(outputFiles[0]?.text).toContain(needle);
    for (const file of absentFrom) {
      const found = (await readFile(join(built, file), "utf8")).includes(needle);
      expect({ file, found }).toEqual({ file, found: false });
    }
  });

  test("name no directory of the machine that built them", async () => {
    for (const file of files) {
      const found = (await readFile(join(built, file), "utf8")).includes(workspace);
      expect({ file, found }).toEqual({ file, found: false });
    }
  });
});

describe("the part that asks Parameter Store", () => {
  const load = createRequire(import.meta.url);
  const asked = (): unknown =>
    load(join(built, "parameters.cjs")).loadParameters("eu-central-1", "/a/b", ["c"], () => ({
      accessKeyId: "ASIAEXAMPLE",
      secretAccessKey: "example",
      sessionToken: "example",
    }));

  test.each(["AccessDeniedException", "InvalidKeyId", "UnrecognizedClientException"])(
    "says what it was refused with, whether the SDK knows it or not: %s",
    async (name) => {
      const store = http.createServer((_request, response) => {
        response.writeHead(400, { "content-type": "application/x-amz-json-1.1" });
        response.end(JSON.stringify({ __type: name, message: "no" }));
      });
      await new Promise<void>((resolve) => store.listen(0, "127.0.0.1", resolve));
      const address = store.address();
      const port = typeof address === "object" ? address?.port : undefined;
      const { request } = https;
      try {
        // To the store, and without TLS; the file finds `node:https` as we do.
        Reflect.set(https, "request", (options: object, then: () => void) =>
          http.request(
            { ...options, protocol: "http:", host: "127.0.0.1", port, agent: false },
            then,
          ),
        );
        await expect(asked()).rejects.toMatchObject({ name, message: "no" });
      } finally {
        Reflect.set(https, "request", request);
        store.close();
      }
    },
  );

  test("holds no errors of other operations, and loads neither profiles nor compression", async () => {
    expect(await readFile(join(built, "parameters.cjs"), "utf8")).not.toContain(
      "DocumentAlreadyExists",
    );
    const directory = await deploy("parameters", undefined);
    await writeFile(
      join(directory, "lambda.cjs"),
      'exports.handler = require("./parameters.cjs").loadParameters;',
    );
    const { modules } = await run(directory, []);
    expect(modules).toContain("NativeModule https");
    expect(modules.filter((module) => /zlib|fs.promises/.test(module))).toEqual([]);
  });
});

describe("a request with baked settings", () => {
  test("is signed without loading anything of Node's network, the SDK or the key set's fetch", async () => {
    const directory = await deploy("hit", settingsFile(guardSettings));
    const observed = await run(directory, [signedIn]);
    expect(forwarded(observed)).toEqual([true]);
    expect(observed.files.map((file) => file.slice(directory.length + 1)).toSorted()).toEqual([
      "lambda.cjs",
    ]);
    expect(observed.modules).toContain("NativeModule crypto");
    expect(ofTheNetwork(observed.modules)).toEqual([]);
  });

  test("is answered before a refresh of old keys loads anything, as a deployed guard's are", async () => {
    const { fetchedAt: _fetchedAt, ...keys } = guardSettings.jwks ?? { keys: [] };
    const directory = await deploy("deployed", settingsFile({ ...guardSettings, jwks: keys }));
    const first = await run(directory, [signedIn], { network: "refused" });
    expect(first.networkCalls).toEqual([0]);
    expect(first.files.map((file) => file.slice(directory.length + 1))).not.toContain(
      "fetch-key-set.cjs",
    );
    // The refresh itself is not forgotten: a few turns later it has asked.
    const later = await run(directory, [signedIn], { network: "refused", turns: 10 });
    expect(later.networkCalls).toEqual([1]);
  });

  test("loads what explains large headers only for a request that has them", async () => {
    const directory = await deploy("large-headers", settingsFile(guardSettings));
    const cookie = `theme=${"x".repeat(10_000)}`;
    const large = originRequestEvent({ uri: "/public/a", headers: { cookie } });
    const { answers, files: loaded } = await run(directory, [signedIn, large]);
    expect(answers.map(({ status }) => status)).toEqual([undefined, "431"]);
    expect(JSON.parse(answers[1]?.body ?? "").largest).toEqual({
      header: "cookie",
      cookie: "theme",
      bytes: 10_006,
    });
    expect(loaded.map((file) => file.slice(directory.length + 1)).toSorted()).toEqual([
      "lambda.cjs",
      "responses.cjs",
      "sessions.cjs",
    ]);
  });

  test("loads the guard's own answers with the first of them", async () => {
    const directory = await deploy("refused", settingsFile(guardSettings));
    const observed = await run(directory, [originRequestEvent({ uri: "/me" })]);
    expect(observed.answers.map(({ status }) => status)).toEqual(["401"]);
    expect(observed.files.map((file) => file.slice(directory.length + 1)).toSorted()).toEqual([
      "lambda.cjs",
      "responses.cjs",
    ]);
    expect(ofTheNetwork(observed.modules)).toEqual([]);
  });

  test("loads other people's libraries for a path or a token out of the ordinary, and signs and reads by them", async () => {
    const directory = await deploy("out-of-the-ordinary", settingsFile(guardSettings));
    const claims = { ...longClaims, constructor: "x" };
    const odd = mint({ key: idKey, claims });
    const events = [
      originRequestEvent({ uri: "/me//", headers: { authorization: `Bearer ${token}` } }),
      originRequestEvent({ uri: "/me", headers: { authorization: `Bearer ${odd}` } }),
      originRequestEvent({
        uri: "/me",
        headers: {
          authorization: `Bearer ${odd.replace(/\.[^.]+$/, token.slice(token.lastIndexOf(".")))}`,
        },
      }),
    ];
    const observed = await run(directory, events);
    expect(forwarded(observed)).toEqual([true, true, false]);
    expect(JSON.parse(observed.answers[2]?.body ?? "{}").code).toBe("token_signature");
    expect(observed.files.map((file) => file.slice(directory.length + 1)).toSorted()).toEqual([
      "lambda.cjs",
      "libraries.cjs",
      "responses.cjs",
    ]);
    expect(observed.answers[0]?.headers["authorization"]?.[0]?.value).toBe(
      signatureByTheRules(observed.answers[0], "/me/"),
    );
  });

  test("would be seen to load the network", async () => {
    const directory = await deploy("with-https", undefined);
    await writeFile(
      join(directory, "lambda.cjs"),
      'exports.handler = async () => { require("node:https"); return {}; };',
    );
    expect(ofTheNetwork((await run(directory, [signedIn])).modules)).toEqual(
      expect.arrayContaining([
        "NativeModule net",
        "NativeModule tls",
        "NativeModule _http_agent",
        "NativeModule https",
      ]),
    );
  });

  test("makes no network call, cold or warm, with a known token or a new one", async () => {
    const directory = await deploy("no-network", settingsFile(guardSettings));
    const claims = idClaims({ issuer, clientId: webClient, now: Math.floor(Date.now() / 1000) });
    const another = originRequestEvent({
      uri: "/me",
      headers: { authorization: `Bearer ${mint({ key: accessKey, claims })}` },
    });
    const observed = await run(directory, [signedIn, signedIn, another], { network: "refused" });
    expect(forwarded(observed)).toEqual([true, true, true]);
    expect(observed.networkCalls).toEqual([0, 0, 0]);
  });

  test("would be seen to make network calls", async () => {
    const { jwks: _jwks, clients: _clients, ...open } = guardSettings;
    const directory = await deploy("asks-ssm", settingsFile(open));
    const { answers, networkCalls } = await run(directory, [signedIn], { network: "refused" });
    expect(answers[0]?.status).toBe("503");
    expect(networkCalls[0]).toBeGreaterThan(0);
  });
});

describe("a stage with a list of ended sign-ins", () => {
  const withList = (whenUnknown: "allow" | "refuse") =>
    settingsFile({ ...guardSettings, revocation: { mode: "on", whenUnknown } });
  const inPublic = originRequestEvent({ uri: "/public/a" });

  test("loads and asks nothing for a hit while the list is fresh", async () => {
    const directory = await deploy("fresh-list", withList("refuse"));
    await writeFile(
      join(directory, "stage-revocations.cjs"),
      "exports.openRevocations = () => async () => undefined;",
    );
    const observed = await run(directory, [signedIn, signedIn]);
    expect(forwarded(observed)).toEqual([true, true]);
    expect(ofTheNetwork(observed.modules)).toEqual([]);
  });

  test("is asked on every hit, whether the token is remembered or not", async () => {
    const directory = await deploy("ended", withList("refuse"));
    await writeFile(
      join(directory, "stage-revocations.cjs"),
      `let asked = 0;
      exports.openRevocations = () => async () => {
        if (++asked > 1) throw Object.assign(new Error(""), { name: "GuardError", code: "token_revoked" });
      };`,
    );
    const { answers } = await run(directory, [signedIn, signedIn]);
    expect(answers.map(({ status }) => status)).toEqual([undefined, "401"]);
    expect(JSON.parse(answers[1]?.body ?? "{}").code).toBe("token_revoked");
  });

  test("reads it for the first good token, refuses tokens while it cannot be read, and nobody else", async () => {
    const directory = await deploy("no-list", withList("refuse"));
    const events = [inPublic, longSignedIn, longSignedIn, signedIn];
    const observed = await run(directory, events, { network: "refused" });
    // Who has just signed in needs no list.
    expect(forwarded(observed)).toEqual([true, false, false, true]);
    expect(observed.answers.slice(1, 3).map(({ status }) => status)).toEqual(["503", "503"]);
    // One try: then Parameter Store is left alone for two seconds.
    const [forNobody, ...forTokens] = observed.networkCalls;
    expect(forNobody).toBe(0);
    expect(new Set(forTokens)).toEqual(new Set([forTokens[0]]));
    expect(forTokens[0]).toBeGreaterThan(0);
  });

  test("lets tokens pass while it cannot be read, where the stage says so", async () => {
    const directory = await deploy("allowed", withList("allow"));
    const observed = await run(directory, [longSignedIn, longSignedIn], { network: "refused" });
    expect(forwarded(observed)).toEqual([true, true]);
  });

  test("asks for none where the backend looks sign-ins up", async () => {
    const revocation = { mode: "on", whenUnknown: "refuse", checkedBy: "backend" };
    const directory = await deploy("backend", settingsFile({ ...guardSettings, revocation }));
    const observed = await run(directory, [longSignedIn, longSignedIn], { network: "refused" });
    expect(observed.networkCalls).toEqual([0, 0]);
    expect(forwarded(observed, "x-gatehouse-caller-unchecked")).toEqual([true, true]);
    for (const { headers } of observed.answers)
      expect(Object.keys(headers)).not.toContain("x-gatehouse-caller");
  });
});

describe("a token that is remembered", () => {
  test("is refused once the pool has withdrawn its key", async () => {
    const directory = await deploy(
      "withdrawn",
      settingsFile({ ...guardSettings, jwks: { ...guardSettings.jwks, fetchedAt: 0 } }),
    );
    const others = { keys: [publicJwk(makeKeyPair())] };
    await writeFile(
      join(directory, "fetch-key-set.cjs"),
      `exports.fetchJson = async () => (${JSON.stringify(others)});`,
    );
    // The refresh starts after the first answer.
    const { answers } = await run(directory, [signedIn, signedIn], { turns: 10 });
    expect(answers[0]?.status).toBe(undefined);
    expect(JSON.parse(answers.at(-1)?.body ?? "{}").code).toBe("token_signature");
  });
});

const everyKind = [
  signedIn,
  originRequestEvent({ uri: "/public/a" }),
  originRequestEvent({ uri: "/.auth/login" }),
  originRequestEvent({
    method: "OPTIONS",
    headers: { origin: "https://spa.example.com", "access-control-request-method": "GET" },
  }),
];

/** What a guard without whole data answers to one request of each kind. */
const everythingRefused = everyKind.map(() => ({
  type: "about:blank",
  title: "Internal Server Error",
  status: 500,
  detail: "The guard's settings are not valid. Build and deploy it again.",
  code: "settings_invalid",
  requestId: "request-1",
}));

async function answersOf(directory: string): Promise<unknown[]> {
  const { answers } = await run(directory, everyKind);
  // A request that goes on has no status, and brings its URI.
  return answers.map(({ status, uri, body }) => ({ status, uri, ...JSON.parse(body ?? "{}") }));
}

describe("without whole access rules", () => {
  const whole = toDataFile("access", access);
  const changed = (members: object) => JSON.stringify({ ...JSON.parse(whole), ...members });
  test.each([
    ["there is no access.json", null],
    ["access.json is empty", ""],
    ["access.json is cut off", whole.slice(0, -10)],
    ["access.json is of a schema that nobody knows", changed({ schema: 2 })],
    ["its hash is missing", changed({ sha256: undefined })],
    ["its rules are not those of its hash", changed({ access: { scopes: [], rules: [] } })],
  ])("every request is answered 500 when %s", async (why, rules) => {
    const directory = await deploy(`rules: ${why}`, settingsFile(guardSettings), rules);
    expect(await answersOf(directory)).toEqual(everythingRefused);
  });

  test("the same guard serves when they are whole", async () => {
    const directory = await deploy("rules: whole", settingsFile(guardSettings), whole);
    expect(forwarded(await run(directory, [signedIn]))).toEqual([true]);
  });

  test("the bundle has none of its own", async () => {
    for (const file of files)
      expect(await readFile(join(built, file), "utf8")).not.toMatch(/\/reports|\/admin|api\/read/);
  });
});

describe("without whole keys for sessions", () => {
  const whole = toDataFile("sealing", sealing);
  const changed = (members: object) => JSON.stringify({ ...JSON.parse(whole), ...members });
  test.each([
    ["there is no sealing.json", null],
    ["sealing.json is cut off", whole.slice(0, -10)],
    ["sealing.json is of a schema that nobody knows", changed({ schema: 2 })],
    ["its keys are not those of its hash", changed({ sealing: { keys: ["A".repeat(44)] } })],
  ])("every request is answered 500 when %s", async (why, keys) => {
    const settings = settingsFile(guardSettings);
    const directory = await deploy(`keys: ${why}`, settings, undefined, keys);
    expect(await answersOf(directory)).toEqual(everythingRefused);
  });
});

describe("without valid settings", () => {
  const { issuers: _issuers, ...withoutIssuers } = guardSettings;
  const changed = (members: object) =>
    JSON.stringify({ ...JSON.parse(settingsFile(guardSettings)), ...members });
  test.each([
    ["there is no settings.json", undefined],
    ["settings.json is empty", ""],
    ["settings.json is cut off", settingsFile(guardSettings).slice(0, -10)],
    ["settings.json is null", "null"],
    ["settings.json is a list", "[]"],
    ["settings.json is an empty object", "{}"],
    ["settings.json holds the settings alone", JSON.stringify(guardSettings)],
    ["settings.json is of a schema that nobody knows", changed({ schema: 2 })],
    ["its hash is missing", changed({ sha256: undefined })],
    [
      "its settings are not those of its hash",
      changed({ settings: { ...guardSettings, forwardToken: true } }),
    ],
    ["no issuer is named", settingsFile(withoutIssuers)],
    ["the list of issuers is empty", settingsFile({ ...guardSettings, issuers: [] })],
    [
      "the issuers are of two user pools",
      settingsFile({ ...guardSettings, issuers: [issuer, `${issuer}x`] }),
    ],
    ["the key set is empty", settingsFile({ ...guardSettings, jwks: { keys: [] } })],
    [
      "a key is too short",
      settingsFile({
        ...guardSettings,
        jwks: { keys: [{ ...guardSettings.jwks?.keys[0], n: "AQAB" }] },
      }),
    ],
    [
      "a client is of no known kind",
      settingsFile({
        ...guardSettings,
        clients: { [webClient]: { kind: "robot", tokenUses: ["id"] } },
      }),
    ],
    [
      "a client has no token uses",
      settingsFile({
        ...guardSettings,
        clients: { [webClient]: { kind: "person", tokenUses: [] } },
      }),
    ],
  ])("every request is answered 500 when %s", async (why, settings) => {
    const directory = await deploy(`invalid: ${why}`, settings);
    expect(await answersOf(directory)).toEqual(everythingRefused);
  });
});

describe("without the role's credentials", () => {
  test.each(Object.keys(role))("nothing is forwarded when %s is missing", async (name) => {
    const directory = await deploy(`without ${name}`, settingsFile(guardSettings));
    const environment = Object.fromEntries(Object.entries(role).filter(([key]) => key !== name));
    const observed = await run(directory, [signedIn, originRequestEvent({ uri: "/public/a" })], {
      environment,
    });
    expect(
      observed.answers.map(({ status, body }) => [status, JSON.parse(body ?? "{}").code]),
    ).toEqual([
      ["500", "settings_invalid"],
      ["500", "settings_invalid"],
    ]);
    expect(forwarded(observed)).toEqual([false, false]);
  });
});

/** Whether each answer is a request for the origin, signed by the role, with the caller in a signed header of this name. */
function forwarded({ answers }: Observed, callerHeader = "x-gatehouse-caller"): boolean[] {
  return answers.map(({ uri, status, headers }) => {
    const [, signed = ""] =
      /^AWS4-HMAC-SHA256 Credential=ASIAIOSFODNN7EXAMPLE\/\d{8}\/eu-central-1\/lambda\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=[0-9a-f]{64}$/.exec(
        headers["authorization"]?.[0]?.value ?? "",
      ) ?? [];
    const names = signed.split(";");
    return (
      uri !== undefined &&
      status === undefined &&
      headers["x-amz-security-token"]?.[0]?.value === role.AWS_SESSION_TOKEN &&
      headers[callerHeader]?.length === 1 &&
      names.includes(callerHeader) &&
      names.every((name, at) => at === 0 || (names[at - 1] ?? "") < name)
    );
  });
}

/** What the answer's `authorization` has to be. @param path canonical. */
function signatureByTheRules(
  answer: Observed["answers"][number] | undefined,
  path: string,
): string {
  const valueOf = (name: string): string => answer?.headers[name]?.[0]?.value ?? "";
  const [, names = ""] = /SignedHeaders=([^,]+)/.exec(valueOf("authorization")) ?? [];
  const headers = names.split(";").map((name) => [name, valueOf(name)] as const);
  const payloadHash = valueOf("x-amz-content-sha256");
  return signByTheRules(
    { method: "GET", path, query: "", headers, payloadHash },
    {
      accessKeyId: role.AWS_ACCESS_KEY_ID,
      secretAccessKey: role.AWS_SECRET_ACCESS_KEY,
      region: "eu-central-1",
      service: "lambda",
      timestamp: valueOf("x-amz-date"),
    },
  ).authorization;
}
