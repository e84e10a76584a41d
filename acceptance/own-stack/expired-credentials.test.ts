import { describe, expect, test } from "vitest";

import { viaApp } from "../support/client.ts";
import { startOwnStack } from "./own-stack.ts";

const seconds = 1800;

describe("credentials that a function keeps for longer than they are good", () => {
  test.each([
    ["backend", true, [403, "ExpiredTokenException"]],
    // The guard may not even read the list.
    ["guard", false, [503, "settings_unavailable"]],
  ])(
    "let nobody in, say so, and are over with the next container, where the %s looks sign-ins up",
    async (_who, backendChecksRevocation, refusal) => {
      const { stack, target, lines } = await startOwnStack({
        credentialSeconds: seconds,
        stage: { backendChecksRevocation },
      });
      const ask = async (path: string, token?: string) => {
        const answer = await viaApp(target, { path, ...(token !== undefined && { token }) });
        if (answer.status === 200) return [200];
        return [answer.status, answer.header("x-amzn-errortype") ?? answer.json()["code"]];
      };
      expect(await ask("/me", target.tokens.access)).toEqual([200]);

      stack.clock.advance(seconds);
      const answers = [];
      for (let count = 0; count < 3; count += 1)
        answers.push(await ask("/me", target.tokens.access), await ask("/public/a"));
      const each = [refusal, [403, "ExpiredTokenException"]];
      expect(answers).toEqual([...each, ...each, ...each]);
      expect(lines.join("\n")).toMatch(/function-url: .*the credentials expired at \d{8}T\d{6}Z/);
      await stack.renew();
      expect(await ask("/me", target.tokens.access)).toEqual([200]);
    },
  );
});
