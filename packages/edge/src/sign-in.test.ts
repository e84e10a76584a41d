import { describe, expect, test } from "vitest";

import { signInLocation } from "./sign-in.ts";
import { snapshot } from "./testing.ts";

const distribution = "d111111abcdef8.cloudfront.net";
const clients = snapshot.clients ?? {};

describe("the way to the hosted sign-in", () => {
  test("returns to the distribution that CloudFront names", () => {
    expect(signInLocation(snapshot, clients, distribution)).toBe(
      "https://auth.example.com/login?client_id=1webwebwebwebwebwebwebweb1&response_type=code&scope=openid+email+profile&redirect_uri=https%3A%2F%2Fd111111abcdef8.cloudfront.net%2F",
    );
  });

  test("returns to the app's own domain where it has one", () => {
    const own = { ...snapshot, appOrigins: ["https://app.example.com"] };
    expect(signInLocation(own, clients, distribution)).toContain(
      "redirect_uri=https%3A%2F%2Fapp.example.com%2F",
    );
  });

  test("asks for a token where the stage signs in by the walk-through", () => {
    const stage = {
      signIn: { hostedOrigin: "https://auth.example.com", client: "walkthrough" as const },
    };
    const table = {
      ...clients,
      t: { name: "walkthrough", kind: "person", tokenUses: ["id"] },
    } as const;
    expect(signInLocation(stage, table, distribution)).toMatch(
      /\/login\?client_id=t&response_type=token&/,
    );
  });

  test("is not there for a stage without hosted sign-in, or without its client", () => {
    expect(signInLocation({}, clients, distribution)).toBeUndefined();
    expect(signInLocation(snapshot, {}, distribution)).toBeUndefined();
  });
});
