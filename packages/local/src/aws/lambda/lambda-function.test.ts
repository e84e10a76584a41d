import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { describe, expect, onTestFinished, test } from "vitest";

import { crashReason, payloadOf, textOf } from "../../../test/lambda/read-invocation.ts";
import {
  isAlive,
  processOf,
  runFixture,
  type ProcessFacts,
} from "../../../test/lambda/run-fixture.ts";
import { fixture } from "../../../test/lambda/start-fixture.ts";
import { startGate, type Gate } from "../../../test/lambda/start-gate.ts";

describe("several invocations at once", () => {
  test("each run in their own environment up to the limit; the next waits for one of them", async () => {
    const gate = await startGate();
    const started = await runFixture({ network: gate.network, maxEnvironments: 2 });
    const held = [1, 2].map((n) => started.call({ action: "fetch", url: `${gate.url}${n}` }));
    const [one, two] = [await gate.next(), await gate.next()];
    const waiting = processOf(started);
    one.open();
    two.open();
    expect(await Promise.all(held)).toEqual(["open", "open"]);
    // The third found an environment that had worked before: no third one was started.
    expect((await waiting).invocations).toBe(2);
    const pids = await Promise.all([processOf(started), processOf(started)]).then((all) =>
      all.map(({ pid }) => pid),
    );
    expect(new Set(pids).size).toBe(2);
  });

  test("beyond the concurrency that AWS allows are throttled, those that wait counted too", async () => {
    const gate = await startGate();
    const options = { network: gate.network, maxEnvironments: 1, concurrency: 2 };
    const started = await runFixture(options);
    const held = started.call({ action: "fetch", url: gate.url });
    const waiting = started.call({ action: "nothing" });
    expect(await started.invoke({ action: "nothing" })).toMatchObject({
      kind: "throttled",
      reason: expect.stringContaining("fixture runs 2 times at once"),
    });
    (await gate.next()).open();
    expect([await held, await waiting]).toEqual(["open", null]);
    expect(await started.call({ action: "nothing" })).toBe(null);
  });

  test("are known by the ids that their caller gives", async () => {
    const started = await runFixture();
    const traceId = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0";
    const ids = { requestId: "b0a1c2d3-0000-4000-8000-000000000000", traceId };
    const answer = await started.invoke({ action: "process" }, ids);
    expect(answer.requestId).toBe(ids.requestId);
    expect(payloadOf(answer).variables["_X_AMZN_TRACE_ID"]).toBe(traceId);
  });

  test("of which one cannot be sent leaves the others alone", async () => {
    const started = await runFixture();
    await expect(started.invoke({ large: 1n })).rejects.toThrow(TypeError);
    expect(await started.call({ action: "nothing" })).toBe(null);
  });

  test("are all answered when many more come than may run", async () => {
    const started = await runFixture({ maxEnvironments: 2 });
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, n) => started.call({ action: "echo", n })),
    );
    expect(all.map(({ event }) => event.n)).toEqual([...all.keys()]);
  });
});

test("redeploy: invocations under way finish with the old code, later ones run the new", async () => {
  const gate = await startGate();
  const started = await runFixture({ network: gate.network });
  const { pid } = await processOf(started);
  const held = started.call({ action: "fetch", url: gate.url });
  const arrival = await gate.next();
  await started.redeploy(fixture("next-version"));
  expect(await started.call({})).toBe("the next version");
  expect(isAlive(pid)).toBe(true);
  arrival.open();
  expect(await held).toBe("open");
  await expect.poll(() => isAlive(pid)).toBe(false);
  expect(await started.call({})).toBe("the next version");
});

describe("redeploy of code that cannot be loaded", () => {
  test("says why, and the code before it keeps serving, in the environment it had", async () => {
    const started = await runFixture();
    const { pid } = await processOf(started);
    expect(await started.redeploy(fixture("broken"))).toEqual({
      loaded: false,
      reason: expect.stringMatching(
        /^RangeError: the setting GATEHOUSE_X is missing\n.*broken\/lambda\.mjs:1/,
      ),
    });
    expect(await processOf(started)).toMatchObject({ pid, invocations: 2 });
    // One that has to be started now runs the old code, too.
    crashReason(await started.invoke({ action: "exit", code: 3 }));
    expect((await processOf(started)).invocations).toBe(1);
    expect(await started.redeploy(fixture("next-version"))).toEqual({ loaded: true });
    expect(await started.call({})).toBe("the next version");
  });

  test("keeps serving while the new code is being loaded", async () => {
    const started = await runFixture();
    const { pid } = await processOf(started);
    const redeployed = started.redeploy(fixture("broken"));
    expect(await processOf(started)).toMatchObject({ pid, invocations: 2 });
    expect(await redeployed).toMatchObject({ loaded: false });
  });

  test("is put right by a redeploy of code that can", async () => {
    const started = await runFixture({ codeDirectory: fixture("broken") });
    crashReason(await started.invoke({}));
    expect(await started.redeploy(fixture("modules"))).toEqual({ loaded: true });
    expect((await processOf(started)).invocations).toBe(1);
  });

  test("is answered at once when the function has been stopped", async () => {
    const started = await runFixture();
    await started.close();
    expect(await started.redeploy(fixture("next-version"))).toEqual({
      loaded: false,
      reason: "fixture has been stopped",
    });
  });
});

describe("close", () => {
  test("answers what is under way and what waits, and leaves no process, directory or socket", async () => {
    const gate = await startGate();
    const started = await runFixture({ network: gate.network, maxEnvironments: 1 });
    const { pid, temporaryDirectory, variables } = await processOf(started);
    expect(existsSync(temporaryDirectory)).toBe(true);
    const held = started.invoke({ action: "fetch", url: gate.url });
    const waiting = started.invoke({ action: "echo" });
    await gate.next();
    await started.close();
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(temporaryDirectory)).toBe(false);
    await expect(fetch(`http://${variables.AWS_LAMBDA_RUNTIME_API}/`)).rejects.toMatchObject({
      cause: { code: "ECONNREFUSED" },
    });
    for (const outcome of [await held, await waiting, await started.invoke({ action: "echo" })]) {
      expect(crashReason(outcome)).toBe("fixture has been stopped");
    }
  });

  test("breaks a stream under way", async () => {
    const started = await runFixture({ handler: "lambda.stream" });
    const outcome = await started.invoke({ steps: [{ write: "begun" }, { hang: true }] });
    const broken = textOf(outcome).catch((error) => error.message);
    await started.close();
    expect(await broken).toBe("fixture has been stopped");
  });
});

describe("when the stack is killed", () => {
  async function startStackProcess(network: Gate["network"], ...url: string[]) {
    const script = fileURLToPath(new URL("../../../test/lambda/stack-process.ts", import.meta.url));
    const stack = spawn(process.execPath, [script, JSON.stringify(network), ...url], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void stack.kill("SIGKILL"));
    const [line] = await once(createInterface({ input: stack.stdout }), "line");
    const facts: ProcessFacts = JSON.parse(line);
    expect([isAlive(facts.pid), existsSync(facts.temporaryDirectory)]).toEqual([true, true]);
    return { stack, ...facts };
  }

  test("an environment that works ends, and clears up", async () => {
    const gate = await startGate();
    const { stack, temporaryDirectory } = await startStackProcess(gate.network, gate.url);
    const arrival = await gate.next();
    stack.kill("SIGKILL");
    await arrival.closed; // the system closes it when the function's process is gone
    expect(existsSync(temporaryDirectory)).toBe(false);
  });

  test("an environment that waits for work ends, and clears up", async () => {
    const { stack, pid, temporaryDirectory } = await startStackProcess({ hosts: {}, caPem: "" });
    stack.kill("SIGKILL");
    await expect.poll(() => isAlive(pid), { timeout: 5000 }).toBe(false);
    expect(existsSync(temporaryDirectory)).toBe(false);
  });
});
