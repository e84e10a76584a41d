import { expect, test } from "vitest";

import { signInClient, signInUrl } from "./sign-in-url.ts";

test("a person signs in by the walk-through's client only where the stage has it", () => {
  expect([true, false].map((implicitGrant) => signInClient({ implicitGrant }))).toEqual([
    "walkthrough",
    "web",
  ]);
});

const signIn = {
  hostedOrigin: "https://gatehouse-anna-01234567.auth.eu-central-1.amazoncognito.com",
  callbackUrl: "https://app.example.com/",
};

test("the page asks for a code with the web client, and for tokens with the walk-through's", () => {
  const page = `${signIn.hostedOrigin}/login?client_id=1abc`;
  const rest = "scope=openid+email+profile&redirect_uri=https%3A%2F%2Fapp.example.com%2F";
  expect(signInUrl("web", "1abc", signIn)).toBe(`${page}&response_type=code&${rest}`);
  expect(signInUrl("walkthrough", "1abc", signIn)).toBe(`${page}&response_type=token&${rest}`);
});

test("what is put into the address cannot add to it", () => {
  const address = new URL(
    signInUrl("web", "a&scope=x#y", { ...signIn, callbackUrl: "https://a.example/?b=c&d#e" }),
  );
  expect([...address.searchParams]).toEqual([
    ["client_id", "a&scope=x#y"],
    ["response_type", "code"],
    ["scope", "openid email profile"],
    ["redirect_uri", "https://a.example/?b=c&d#e"],
  ]);
  expect(address.hash).toBe("");
});
