import { expect, test } from "vitest";

import { shortUrn, urnOf } from "./urn.ts";

const stack = urnOf("app", "jane", { parent: "", type: "pulumi:pulumi:Stack", name: "app-jane" });
const component = urnOf("app", "jane", { parent: stack, type: "sst:aws:Router", name: "Cdn" });

test("leaves the stack out of the types, and keeps those of all other parents", () => {
  const cdn = urnOf("app", "jane", { parent: component, type: "sst:aws:CDN", name: "CdnCdn" });
  const type = "aws:cloudfront/distribution:Distribution";
  expect([stack, component, urnOf("app", "jane", { parent: cdn, type, name: "Site" })]).toEqual([
    "urn:pulumi:jane::app::pulumi:pulumi:Stack::app-jane",
    "urn:pulumi:jane::app::sst:aws:Router::Cdn",
    "urn:pulumi:jane::app::sst:aws:Router$sst:aws:CDN$aws:cloudfront/distribution:Distribution::Site",
  ]);
});

test("shortens a URN to type and name", () => {
  expect(shortUrn("urn:pulumi:jane::app::sst:aws:Router$sst:aws:CDN::a::b")).toBe(
    "sst:aws:CDN::a::b",
  );
});
