import { readFileSync } from "node:fs";
import { join } from "node:path";

import { transformSync } from "esbuild";
import { expect, test } from "vitest";

/** The trigger of docs/sso.md as people copy it: it decides who is an administrator here. */
const page = readFileSync(join(import.meta.dirname, "../docs/sso.md"), "utf8");
const blocks = [...page.matchAll(/^```ts\n\/\/ (\S+)\n([\s\S]*?)^```$/gm)];
const [, , source = ""] = blocks.find(([, file]) => file?.endsWith("company-groups.ts")) ?? [];

async function groupsOf(sent: string | undefined, status = "EXTERNAL_PROVIDER"): Promise<unknown> {
  const { code } = transformSync(source, { loader: "ts", format: "esm" });
  const { handler } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  const answered = await handler({
    request: {
      userAttributes: {
        "cognito:user_status": status,
        ...(sent === undefined ? {} : { "custom:company_groups": sent }),
      },
      groupConfiguration: { groupsToOverride: ["staff"] },
    },
    response: {},
  });
  return answered.response.claimsAndScopeOverrideDetails?.groupOverrideDetails.groupsToOverride;
}

const admitted = [
  "Gatehouse administrators",
  "[Gatehouse+administrators]",
  "[Staff, Gatehouse+administrators]",
  "[Gatehouse%20administrators,Staff]",
  "[100%, Gatehouse administrators]",
];

test.each(admitted)("%j names the listed group", async (sent) => {
  expect(await groupsOf(sent)).toEqual(["staff", "admin"]);
});

const others = [
  undefined,
  "",
  "Staff",
  "admin",
  "gatehouse administrators",
  "Gatehouse administrators ",
  " Gatehouse administrators",
  "Gatehouse  administrators",
  "Gatehouse administrators&book club",
  "x&name=Gatehouse administrators",
  "book club, Gatehouse administrators",
  "Gatehouse administrators, book club",
  "Gatehouse+administrators",
  "Gatehouse%20administrators",
  "Gatehouse\u00a0administrators",
  "Gatehouse administrators\n",
  "Gatehouse administrators]",
  "[Gatehouse administrators",
  "x[Gatehouse administrators]",
  "[Gatehouse administrators]x",
  "[[Gatehouse administrators]]",
  "[Gatehouse%2Badministrators]",
  "[book club%2C Gatehouse administrators]",
  "[Gatehouse administrators%26book club]",
  "[Gatehouse administrators%00]",
  "[%]",
  "[%E0%A4%A]",
  "[]",
  "constructor",
  "[__proto__]",
];

test.each(others)("%j names none", async (sent) => {
  expect(await groupsOf(sent)).toEqual(["staff"]);
});

test("an account of the pool's own gets none, whatever its attribute says", async () => {
  expect(await groupsOf("Gatehouse administrators", "CONFIRMED")).toBe(undefined);
});
