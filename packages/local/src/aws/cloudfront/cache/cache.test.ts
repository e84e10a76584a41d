import { once } from "node:events";
import type { ServerResponse } from "node:http";

import { afterEach, describe, expect, test } from "vitest";

import { requestOf, startDistribution } from "../../../../test/cloudfront.ts";
import type {
  Answering,
  TestDistribution,
  TestDistributionOptions,
} from "../../../../test/cloudfront.ts";

const CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const USER_AGENT_REFERER = "acba4595-bd28-49b8-b9fe-13317c0390fa";

/** What an SST Router does with a Function URL when nobody sets the policies. */
const router = { cachePolicyId: "sst-router-default" };
/** Caches by itself, forwards neither cookies nor tokens. */
const optimized = { cachePolicyId: CACHING_OPTIMIZED, originRequestPolicyId: USER_AGENT_REFERER };
/** The router's cache without cookies: nothing tells people apart. */
const cookieless = {
  cachePolicyId: "sst-router-default",
  originRequestPolicyId: USER_AGENT_REFERER,
};

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function start(options: TestDistributionOptions): Promise<TestDistribution> {
  const distribution = await startDistribution(options);
  cleanups.push(() => distribution.close());
  return distribution;
}

/** Numbers its answers, so that a repeated one shows. */
function numbered(headers: Record<string, string>, status = 200): Answering {
  let count = 0;
  return (_request, response) => {
    count += 1;
    response.writeHead(status, headers).end(`answer ${count}`);
  };
}

async function bodies(distribution: TestDistribution, ...targets: string[]): Promise<string[]> {
  const seen: string[] = [];
  for (const target of targets) seen.push((await distribution.view({ target })).body.toString());
  return seen;
}

/** Answers that wait until the test lets them go. */
function held(headers: Record<string, string>): {
  answering: Answering;
  responses: ServerResponse[];
} {
  const responses: ServerResponse[] = [];
  return {
    responses,
    answering: (_request, response) => {
      response.writeHead(200, headers);
      responses.push(response);
    },
  };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Two requests with one key, the second sent while the first waits for the origin. */
async function race(headers: Record<string, string>): Promise<{ texts: string[]; runs: number }> {
  const { answering, responses } = held(headers);
  const distribution = await start({ behavior: cookieless, answering });
  const leader = distribution.view();
  await until(() => responses.length === 1);
  const follower = distribution.view();
  await settled(distribution, 2);
  responses[0]?.end("for the first");
  const first = await leader;
  let answered = false;
  const followed = follower.then(() => (answered = true));
  await Promise.race([followed, until(() => answered || responses.length === 2)]);
  responses[1]?.end("for the second");
  return {
    texts: [first, await follower].map(({ body }) => body.toString()),
    runs: distribution.events.length,
  };
}

/** Waits until so many requests have arrived and each has had its turn: a whole other exchange takes many. */
async function settled(distribution: TestDistribution, arrivals: number): Promise<void> {
  await until(() => distribution.arrivals() === arrivals);
  await distribution.view({ target: "/other", method: "TRACE" });
}

describe("under CachingDisabled", () => {
  test("nothing is kept, whatever the origin says", async () => {
    const distribution = await start({
      answering: numbered({ "Cache-Control": "public, max-age=3600" }),
    });
    expect(await bodies(distribution, "/", "/")).toEqual(["answer 1", "answer 2"]);
    expect(distribution.events).toHaveLength(2);
  });

  test("no error is kept", async () => {
    const distribution = await start({ answering: numbered({}, 404) });
    expect(await bodies(distribution, "/", "/")).toEqual(["answer 1", "answer 2"]);
  });

  test("simultaneous requests do not wait for one another", async () => {
    const { answering, responses } = held({});
    const distribution = await start({ answering });
    const both = [distribution.view(), distribution.view()];
    await until(() => responses.length === 2);
    for (const [index, response] of responses.entries()) response.end(`answer ${index}`);
    const seen = await Promise.all(both);
    expect(seen.map(({ body }) => body.toString()).toSorted()).toEqual(["answer 0", "answer 1"]);
    expect(distribution.events).toHaveLength(2);
  });
});

describe("under the policy of an SST Router", () => {
  test("max-age is obeyed: one caller's answer goes to the next, and the function does not run for it", async () => {
    const distribution = await start({
      behavior: router,
      answering: numbered({ "Cache-Control": "max-age=60", "Set-Cookie": "session=first" }),
    });
    const first = await distribution.view({ headers: [["Authorization", "Bearer one"]] });
    const second = await distribution.view({ headers: [["Authorization", "Bearer two"]] });
    expect([first.body.toString(), first.all("x-cache")]).toEqual([
      "answer 1",
      ["Miss from cloudfront"],
    ]);
    expect([second.body.toString(), second.all("x-cache"), second.all("age")]).toEqual([
      "answer 1",
      ["Hit from cloudfront"],
      ["0"],
    ]);
    expect(second.all("set-cookie")).toEqual(["session=first"]);
    expect(second.all("x-amz-cf-id")).not.toEqual(first.all("x-amz-cf-id"));
    expect(distribution.events).toHaveLength(1);
  });

  test("an answer ages by the stack's clock and is forgotten", async () => {
    const distribution = await start({
      behavior: router,
      answering: numbered({ "Cache-Control": "max-age=60" }),
    });
    await distribution.view();
    distribution.clock.advance(59);
    const aged = await distribution.view();
    expect([aged.body.toString(), Number(aged.all("age")[0])]).toEqual(["answer 1", 59]);
    distribution.clock.advance(2);
    expect(await bodies(distribution, "/")).toEqual(["answer 2"]);
  });

  test("an answer without Cache-Control is not kept", async () => {
    const distribution = await start({ behavior: router, answering: numbered({}) });
    expect(await bodies(distribution, "/", "/")).toEqual(["answer 1", "answer 2"]);
  });

  test("a 404 stays ten seconds, and is an Error to X-Cache", async () => {
    const distribution = await start({ behavior: router, answering: numbered({}, 404) });
    await distribution.view();
    distribution.clock.advance(9);
    const seen = await distribution.view();
    expect([seen.status, seen.body.toString(), seen.all("x-cache")]).toEqual([
      404,
      "answer 1",
      ["Error from cloudfront"],
    ]);
    distribution.clock.advance(2);
    expect(await bodies(distribution, "/")).toEqual(["answer 2"]);
  });

  test("the key is path and query as typed, and the policy's headers", async () => {
    const distribution = await start({
      behavior: router,
      answering: numbered({ "Cache-Control": "max-age=60" }),
    });
    expect(
      await bodies(distribution, "/a?b=1&c=2", "/a?c=2&b=1", "/%61?b=1&c=2", "/a?b=1&c=2"),
    ).toEqual(["answer 1", "answer 2", "answer 3", "answer 1"]);
    const seen = await distribution.view({
      target: "/a?b=1&c=2",
      headers: [["X-Forwarded-Host", "other.example"]],
    });
    expect(seen.body.toString()).toBe("answer 4");
  });

  test("simultaneous requests do not wait: cookies go to the origin", async () => {
    const { answering, responses } = held({ "Cache-Control": "max-age=60" });
    const distribution = await start({ behavior: router, answering });
    const both = [distribution.view(), distribution.view()];
    await until(() => responses.length === 2);
    for (const response of responses) response.end();
    await Promise.all(both);
    expect(distribution.events).toHaveLength(2);
  });

  test("an answer that breaks is not kept", async () => {
    let count = 0;
    const distribution = await start({
      behavior: router,
      answering: (_request, response) => {
        count += 1;
        response.writeHead(200, { "Cache-Control": "max-age=60", "Content-Length": "8" });
        if (count === 1) response.write("answ", () => response.destroy());
        else response.end(`answer ${count}`);
      },
    });
    await expect(distribution.view()).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(await bodies(distribution, "/")).toEqual(["answer 2"]);
  });

  test("a function's own answer is kept as it asks, so a refusal needs no-store", async () => {
    let count = 0;
    const distribution = await start({
      behavior: router,
      edge: (event) => {
        count += 1;
        const cacheControl = requestOf(event).uri === "/kept" ? "max-age=60" : "no-store";
        return {
          status: "403",
          headers: { "cache-control": [{ value: cacheControl }] },
          body: `refusal ${count}`,
        };
      },
    });
    expect(await bodies(distribution, "/kept", "/kept", "/fresh", "/fresh")).toEqual([
      "refusal 1",
      "refusal 1",
      "refusal 2",
      "refusal 3",
    ]);
  });
});

describe("under CachingOptimized without cookies", () => {
  test("an answer stays a day by itself, Set-Cookie is dropped, the query is in neither key nor request", async () => {
    const distribution = await start({
      behavior: optimized,
      answering: numbered({ "Set-Cookie": "a=1" }),
    });
    expect(await bodies(distribution, "/?a", "/?b")).toEqual(["answer 1", "answer 1"]);
    distribution.clock.advance(86_399);
    const seen = await distribution.view();
    expect([seen.body.toString(), seen.all("set-cookie")]).toEqual(["answer 1", []]);
    expect(distribution.received[0]?.target).toBe("/");
  });

  test("a kept GET answers HEAD, with its length, and not the other way round", async () => {
    const distribution = await start({ behavior: optimized, answering: numbered({}) });
    await distribution.view({ method: "HEAD" });
    expect(await bodies(distribution, "/")).toEqual(["answer 2"]);
    const head = await distribution.view({ method: "HEAD" });
    expect([head.all("x-cache"), head.all("content-length"), head.body.length]).toEqual([
      ["Hit from cloudfront"],
      ["8"],
      0,
    ]);
  });

  test("POST goes past the cache", async () => {
    const distribution = await start({ behavior: optimized, answering: numbered({}) });
    await distribution.view();
    expect((await distribution.view({ method: "POST" })).body.toString()).toBe("answer 2");
  });

  test("a range goes past the cache", async () => {
    const distribution = await start({ behavior: optimized, answering: numbered({}) });
    await distribution.view();
    expect((await distribution.view({ headers: [["Range", "bytes=0-1"]] })).body.toString()).toBe(
      "answer 2",
    );
  });

  test("OPTIONS has a separate entry where it is cached", async () => {
    const behavior = { ...optimized, cachedMethods: ["GET", "HEAD", "OPTIONS"] };
    const distribution = await start({ behavior, answering: numbered({}) });
    await distribution.view();
    const options = [
      await distribution.view({ method: "OPTIONS" }),
      await distribution.view({ method: "OPTIONS" }),
    ];
    expect(options.map(({ body }) => body.toString())).toEqual(["answer 2", "answer 2"]);
  });
});

describe("simultaneous requests without cookies", () => {
  test("share one answer, made for the first request", async () => {
    expect(await race({})).toEqual({ texts: ["for the first", "for the first"], runs: 1 });
  });

  test("go on by themselves when the first answer may not be shared", async () => {
    expect(await race({ "Cache-Control": "private" })).toEqual({
      texts: ["for the first", "for the second"],
      runs: 2,
    });
  });

  test("go on when the first one's viewer leaves", async () => {
    const { answering, responses } = held({});
    const distribution = await start({ behavior: cookieless, answering });
    const leader = distribution.open();
    await until(() => responses.length === 1);
    responses[0]?.flushHeaders();
    const left = await leader;
    const follower = distribution.view();
    await settled(distribution, 2);
    left.destroy();
    await once(responses[0] ?? left, "close");
    await until(() => responses.length === 2);
    responses[1]?.end("for the second");
    expect((await follower).body.toString()).toBe("for the second");
  });
});
