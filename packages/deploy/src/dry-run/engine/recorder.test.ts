import { expect, test } from "vitest";

import type {
  MockMonitorClass,
  Mocks,
  PulumiSdk,
  RegisterCallback,
  RegisterRequest,
} from "./pulumi-sdk.ts";
import { createRecorder, type Recorder } from "./recorder.ts";

const secretKey = "4dabf18193072939515e22adb298388d";

/** What is sent to Pulumi's engine, where it differs from a bare resource. */
interface Sent {
  readonly type: string;
  readonly name: string;
  readonly parent?: string;
  readonly provider?: string;
  readonly version?: string;
  readonly custom?: boolean;
  readonly inputs?: Record<string, unknown>;
  readonly dependencies?: string[];
  readonly secrets?: string[];
  readonly ignored?: string[];
  readonly protect?: boolean;
  readonly retain?: boolean;
}

function request(sent: Sent): RegisterRequest {
  return {
    getType: () => sent.type,
    getName: () => sent.name,
    getCustom: () => sent.custom ?? true,
    getParent: () => sent.parent ?? "",
    getProvider: () => sent.provider ?? "",
    getVersion: () => sent.version ?? "",
    getObject: () => ({ toJavaScript: () => ({ ...sent.inputs }) }),
    getDependenciesList: () => sent.dependencies ?? [],
    getAdditionalsecretoutputsList: () => sent.secrets ?? [],
    getIgnorechangesList: () => sent.ignored ?? [],
    getProtect: () => sent.protect,
    getRetainondelete: () => sent.retain ?? false,
  };
}

interface Engine {
  readonly recorder: Recorder;
  /** Has a component, or the stack, tell what it gives out. */
  readonly tell: (urn: string, outputs: Record<string, unknown>) => Promise<void>;
  /** Registers a resource: its URN, its id, and the state that the program sees. */
  readonly register: (sent: Sent) => Promise<{ urn: string; id: string; state: unknown }>;
}

/** As much of Pulumi's SDK as matters: its monitor asks the mocks and calls back. */
function engine(parameters: Record<string, string> = {}): Engine {
  let mocks: Mocks | undefined;
  let state: unknown;
  const MockMonitor: MockMonitorClass = {
    prototype: {
      newUrn: () => "",
      async registerResource(message: RegisterRequest, callback: RegisterCallback) {
        const [type, name] = [message.getType(), message.getName()];
        const result = await mocks?.newResource({ type, name, inputs: { asSent: true } });
        state = result?.state;
        const urn = MockMonitor.prototype.newUrn(message.getParent(), type, name);
        callback(null, { getUrn: () => urn, getId: () => result?.id ?? "" });
      },
      registerResourceOutputs: () => Promise.resolve(),
    },
  };
  const runtime: PulumiSdk["runtime"] = {
    setMocks: () => Promise.resolve(),
    setAllConfig: () => undefined,
    runInPulumiStack: () => Promise.resolve(undefined),
  };
  const sdk: PulumiSdk = { runtime, secret: (value) => ({ secret: value }) };
  const recorder = createRecorder(
    { sdk, MockMonitor },
    { app: "app", stage: "jane", region: "eu-west-1", parameters, roots: ["/project"] },
  );
  mocks = recorder.mocks;
  return {
    recorder,
    tell: (urn, outputs) =>
      MockMonitor.prototype.registerResourceOutputs(
        { getUrn: () => urn, getOutputs: () => ({ toJavaScript: () => outputs }) },
        () => undefined,
      ),
    register: (sent) =>
      new Promise((resolve, reject) => {
        void MockMonitor.prototype.registerResource(request(sent), (error, response) => {
          if (error !== null) reject(error);
          else if (response !== undefined)
            resolve({ urn: response.getUrn(), id: response.getId(), state });
        });
      }),
  };
}

const parameter = { type: "aws:ssm/parameter:Parameter", name: "One", inputs: { name: "/one" } };

test("records a resource with everything that was asked for", async () => {
  const { recorder, register } = engine();
  const parent = await register({ type: "sst:aws:Thing", name: "Thing", custom: false });
  await register({
    ...parameter,
    parent: parent.urn,
    inputs: {
      name: "/one",
      value: { [secretKey]: "1b47061264138c4ac30d75fd1eb44270", value: "v" },
    },
    dependencies: ["urn:pulumi:jane::app::x:y:Z::Two", "urn:pulumi:jane::app::x:y:Z::One"],
    ignored: ["value"],
    protect: true,
    retain: true,
  });
  expect(recorder.resources()).toEqual([
    {
      urn: "urn:pulumi:jane::app::sst:aws:Thing$aws:ssm/parameter:Parameter::One",
      type: "aws:ssm/parameter:Parameter",
      name: "One",
      region: "eu-west-1",
      parent: "sst:aws:Thing::Thing",
      component: false,
      dependsOn: ["x:y:Z::One", "x:y:Z::Two"],
      options: {
        protect: true,
        retainOnDelete: true,
        ignoreChanges: ["value"],
      },
      inputs: { name: "/one", value: { "<secret>": "v" } },
      outputs: {
        id: "/one",
        name: "/one",
        arn: "arn:aws:ssm:eu-west-1:123456789012:parameter/one",
        version: 1,
      },
    },
    {
      urn: "urn:pulumi:jane::app::sst:aws:Thing::Thing",
      type: "sst:aws:Thing",
      name: "Thing",
      component: true,
      dependsOn: [],
      options: {},
      inputs: {},
      outputs: {},
    },
  ]);
});

test("gives the program its inputs back, with what AWS would fill in", async () => {
  const { id, state } = await engine().register(parameter);
  expect({ id, state }).toEqual({
    id: "/one",
    state: {
      asSent: true,
      name: "/one",
      arn: "arn:aws:ssm:eu-west-1:123456789012:parameter/one",
      version: 1,
    },
  });
});

test("keeps outputs secret that the resource's class calls secret", async () => {
  const { state } = await engine().register({ ...parameter, secrets: ["arn"] });
  expect(state).toMatchObject({
    arn: { secret: "arn:aws:ssm:eu-west-1:123456789012:parameter/one" },
    version: 1,
  });
});

test("knows the region of each resource and call by its provider", async () => {
  const { recorder, register } = engine();
  const { urn, id } = await register({
    type: "pulumi:providers:aws",
    name: "Elsewhere",
    inputs: { region: "us-east-1" },
  });
  const provider = `${urn}::${id}`;
  await register({ ...parameter, provider });
  await register({ ...parameter, name: "Two" });
  const token = "aws:index/getRegion:getRegion";
  expect(recorder.resources().map(({ name, region }) => [name, region])).toEqual([
    ["One", "us-east-1"],
    ["Two", "eu-west-1"],
    ["Elsewhere", undefined],
  ]);
  expect(await recorder.mocks.call({ token, inputs: {}, provider })).toMatchObject({
    name: "us-east-1",
  });
  expect(await recorder.mocks.call({ token, inputs: {} })).toMatchObject({ name: "eu-west-1" });
});

test("refuses a second resource of the same name and type, as the engine does", async () => {
  const { register } = engine();
  await register(parameter);
  await expect(register(parameter)).rejects.toThrow(
    "One (aws:ssm/parameter:Parameter) is created twice; rename one of them",
  );
});

test("takes the same name below two parents", async () => {
  const { register } = engine();
  const a = await register({ type: "sst:aws:A", name: "A", custom: false });
  const b = await register({ type: "sst:aws:B", name: "B", custom: false });
  const children = [a, b].map(({ urn }) => register({ ...parameter, parent: urn }));
  expect((await Promise.all(children)).map(({ urn }) => urn)).toEqual([
    "urn:pulumi:jane::app::sst:aws:A$aws:ssm/parameter:Parameter::One",
    "urn:pulumi:jane::app::sst:aws:B$aws:ssm/parameter:Parameter::One",
  ]);
});

test("does not take what is only read for something that would be deployed", async () => {
  const { recorder } = engine();
  const { type, name } = parameter;
  const read = await recorder.mocks.newResource({ type, name, inputs: {}, id: "/there" });
  expect([read.id, recorder.resources()]).toEqual(["/there", []]);
});

test("refuses a call where the SDK looks for it", async () => {
  const token = "aws:ssm/getParametersByPath:getParametersByPath";
  const call = engine().recorder.mocks.call({ token, inputs: { path: "a" } });
  await expect(call).rejects.toMatchObject({
    details: expect.stringContaining("takes a path that begins with a slash"),
  });
});

test("leaves the code of a dynamic resource out", async () => {
  const { recorder, register } = engine();
  await register({
    type: "pulumi-nodejs:dynamic:Resource",
    name: "Waiter",
    inputs: { __provider: "code", id: "x" },
  });
  expect(recorder.resources().map(({ inputs }) => inputs)).toEqual([{ id: "x" }]);
});

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

test("keeps the marks of secrets in what the stack gives out, and leaves out what components do", async () => {
  const { recorder, tell } = engine();
  const token = { [secretKey]: "1b47061264138c4ac30d75fd1eb44270", value: "swordfish" };
  await tell("urn:pulumi:jane::app::pulumi:pulumi:Stack::app-jane", { url: "u", deep: { token } });
  await nextTurn();
  await tell("urn:pulumi:jane::app::sst:aws:Thing::Thing", { url: "other" });
  await nextTurn();
  expect(recorder.outputs()).toEqual({ url: "u", deep: { token: { "<secret>": "swordfish" } } });
});

test("knows the version of the AWS provider, whoever else has one", async () => {
  const { recorder, register } = engine();
  expect(recorder.awsProvider()).toBe("");
  await register({ type: "aws:iam/role:Role", name: "A", version: "6.83.4" });
  await register({
    type: "random:index/randomBytes:RandomBytes",
    name: "B",
    version: "4.16.0",
    inputs: { length: 4 },
  });
  expect(recorder.awsProvider()).toBe("6.83.4");
});

test("keeps each look-up of what others deploy once, and no other call", async () => {
  const { recorder } = engine();
  const token = "aws:lambda/getFunctionUrl:getFunctionUrl";
  for (const functionName of ["b", "a", "b"])
    await recorder.mocks.call({ token, inputs: { functionName } });
  await recorder.mocks.call({ token: "aws:index/getRegion:getRegion", inputs: {} });
  expect(recorder.lookups()).toMatchObject([
    {
      token,
      inputs: { functionName: "a" },
      outputs: { functionArn: "arn:aws:lambda:eu-west-1:123456789012:function:a" },
    },
    { token, inputs: { functionName: "b" } },
  ]);
});
