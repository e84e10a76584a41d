import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";
import { expect, test } from "vitest";

import { withUnbuiltSites } from "./server-sites.ts";

class Made {
  readonly name: string;
  readonly args: object;
  constructor(name: string, args: object = {}) {
    this.name = name;
    this.args = args;
  }
}
class Nextjs extends Made {
  static readonly known = "statics stay";
}
class Function extends Made {}
class Linkable extends Made {}
const sst = { aws: { Nextjs, Function }, Linkable, Secret: Object };

async function makeSite(built: Record<string, string>) {
  const original = await temporaryTree(built);
  const project = await temporaryTree();
  const told: string[] = [];
  const $output = (value: unknown) => ({ value });
  const adapted = withUnbuiltSites({ sst, $output }, { project, original }, (line) =>
    told.push(line),
  );
  const site = new adapted.aws["Nextjs"]!("Web", { path: "web", link: ["a"] });
  return { site, project, told, adapted };
}

test("a site that was built is SST's own, with its build but for Next.js's cache", async () => {
  const { site, project, told, adapted } = await makeSite({
    "web/.open-next/open-next.output.json": "{}",
    "web/.open-next/cache/page.json": "",
    "web/.next/BUILD_ID": "",
    "web/.next/cache/large": "",
  });
  expect(site).toBeInstanceOf(Nextjs);
  expect(Reflect.get(adapted.aws["Nextjs"]!, "known")).toBe("statics stay");
  expect(told).toEqual([]);
  expect((await readdir(join(project, "web/.open-next"))).toSorted()).toEqual([
    "cache",
    "open-next.output.json",
  ]);
  expect(await readdir(join(project, "web/.next"))).toEqual(["BUILD_ID"]);
});

test("one that was not is its server, with its links, and an address", async () => {
  const { site, told } = await makeSite({ "web/package.json": "" });
  expect(site).toBeInstanceOf(Linkable);
  expect(site).toMatchObject({
    url: { value: "https://web.not-built.example" },
    nodes: { server: { name: "WebServer", args: { link: ["a"], handler: "index.handler" } } },
  });
  expect(told).toEqual([
    "web is not built; of Nextjs Web, the plan has the server's rights alone.",
  ]);
});
