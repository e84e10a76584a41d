import { checkExamples, startGatehouse } from "sst-gatehouse-dev/testing";
import { afterAll, expect, test } from "vitest";

/** The whole chain, on this machine. `alice` is in no group, `ada` in `admin`. */
const gate = await startGatehouse();
afterAll(() => gate.close());

test("leads a client to the sign-in", async () => {
  const refused = await gate.fetch("/mcp", { method: "POST" });
  expect(refused.code).toBe("token_missing");
  expect(refused.headers.get("www-authenticate")).toContain(
    "/.well-known/oauth-protected-resource/mcp",
  );
  const metadata = await gate.fetch("/.well-known/oauth-protected-resource/mcp");
  expect(await metadata.json()).toMatchObject({
    resource: `${gate.url}/mcp`,
    scopes_supported: ["api/mcp"],
  });
});

test("keeps the report for admins, and the rules mean what they were written for", async () => {
  expect((await gate.as("alice").fetch("/admin/report")).code).toBe("access_denied");
  expect((await gate.as("ada").fetch("/admin/report")).status).toBe(200);
  expect(await checkExamples()).toEqual([]);
});
