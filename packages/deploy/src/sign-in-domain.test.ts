import { expect, test } from "vitest";

import { signInDomainPrefix } from "./sign-in-domain.ts";

test("the sign-in domain is another one in another account, app or stage, and hides the account", () => {
  const prefixes = [
    signInDomainPrefix("gatehouse", "anna", "123456789012"),
    signInDomainPrefix("gatehouse", "anna", "210987654321"),
    signInDomainPrefix("gatehouse", "ben", "123456789012"),
    signInDomainPrefix("other", "anna", "123456789012"),
  ];
  expect(prefixes[0]).toBe("gatehouse-anna-e90f740b");
  expect(new Set(prefixes).size).toBe(4);
});
