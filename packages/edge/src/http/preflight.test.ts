import { anyCharacter } from "@sst-gatehouse/testkit/any-character";
import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";
import { isRefusedHeader } from "@sst-gatehouse/core/refused-headers";
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { preflightHeaders } from "./preflight.ts";

const listed = "https://spa.example.com";
const own =
  "authorization, content-type, if-match, if-none-match, last-event-id, range, x-amz-content-sha256";

/** What an answer allows beside these. */
function allowed(
  asked: string | readonly string[],
  settings: Partial<GuardSettings> = {},
): readonly string[] {
  const headers = { origin: [listed], "access-control-request-headers": [asked].flat() };
  const answer = preflightHeaders(headers, { corsOrigins: [listed], ...settings });
  const names = answer["access-control-allow-headers"]?.split(", ") ?? [];
  expect(names.slice(0, 7).join(", ")).toBe(own);
  expect(answer["vary"]).toBe("Origin, Access-Control-Request-Headers");
  return names.slice(7);
}

test.each([
  ["tRPC's stream", "authorization,content-type,trpc-accept", ["trpc-accept"]],
  ["Apollo", "apollo-require-preflight", ["apollo-require-preflight"]],
  [
    "tus",
    "authorization,content-type,tus-resumable,upload-length,upload-metadata,upload-offset",
    ["tus-resumable", "upload-length", "upload-metadata", "upload-offset"],
  ],
  [
    "MCP in a browser",
    "authorization,mcp-protocol-version,mcp-session-id",
    ["mcp-protocol-version", "mcp-session-id"],
  ],
  ["payments", "idempotency-key", ["idempotency-key"]],
  ["uploads", "cache-control,x-requested-with", ["cache-control", "x-requested-with"]],
  ["Sentry", "baggage,sentry-trace", ["baggage", "sentry-trace"]],
  [
    "Connect",
    "connect-protocol-version,connect-timeout-ms",
    ["connect-protocol-version", "connect-timeout-ms"],
  ],
  ["gRPC-Web", "x-grpc-web,x-user-agent", ["x-grpc-web", "x-user-agent"]],
])("a script may send what libraries send: %s", (_who, asked, extra) => {
  expect(allowed(asked)).toEqual(extra);
});

test.each([
  ["every name at once", "*"],
  ["cookies and the host", "cookie,Cookie,cookie2,host"],
  ["what the guard says", "x-gatehouse-caller,X-Gatehouse-Authorization,x_gatehouse_token"],
  ["where a request came to", "x-forwarded-host,x-forwarded-for,forwarded,x-original-uri"],
  ["what is signed", "x-amz-date,x-amz-security-token"],
  ["another method", "x-http-method-override"],
  ["another person", "remote-user,x-auth-request-email"],
  ["what is no name", "a b,a:b,\u00e4,\u212a,(x),, ,a\tb"],
  ["more than a browser asks for", `x-${"a".repeat(2047)}`],
  ["more than a browser asks for, in many names", Array(300).fill("x-abcdef").join(",")],
])("a script may not send %s", (_what, asked) => {
  expect(allowed(asked)).toEqual([]);
});

test("a script is told each name once, in lower case, whatever lines it comes in", () => {
  expect(allowed(["X-A,\tx-b ", "x-a,Authorization"])).toEqual(["x-a", "x-b"]);
});

test("a script may send what the stage lists, where it lists anything", () => {
  const asked = "x-a,x-b,cookie";
  expect(allowed(asked, { corsRequestHeaders: ["x-b", "cookie"] })).toEqual(["x-b"]);
  expect(allowed(asked, { corsRequestHeaders: [] })).toEqual([]);
});

test("a script is allowed the names that it asks for, and nothing but these, whatever it asks for", () => {
  const seed = Date.now() % 2 ** 31;
  console.log(`seed of the preflights: ${seed}`);
  const name = fc.oneof(
    fc.stringMatching(/^[A-Za-z!#$%&'+.^_`|~-][\w!#$%&'*+.^`|~-]{0,12}$/),
    fc.constantFrom("trpc-accept", "X-Forwarded-Host", "x_amz_date", "cookie", "*", "Host"),
    fc.string({ maxLength: 8, unit: anyCharacter }),
  );
  fc.assert(
    fc.property(fc.array(name, { maxLength: 12 }), (asked) => {
      const told = allowed(asked.join(","));
      const pieces = asked.join(",").split(",");
      const good = pieces
        .map((each) => each.replaceAll(/^[ \t]+|[ \t]+$/g, ""))
        .filter((each) => /^[\w!#$%&'*+.^`|~-]+$/.test(each))
        .map((each) => each.toLowerCase())
        .filter((each) => !isRefusedHeader(each))
        .filter((each) => !["*", "cookie", "cookie2", "host"].includes(each));
      expect(new Set(told)).toEqual(
        new Set(good.filter((each) => !own.split(", ").includes(each))),
      );
      expect(told.length).toBe(new Set(told).size);
    }),
    { seed, numRuns: 300 },
  );
});
