import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The app that the policies in `docs/deploy-role` are written for. */
export function deployRoleApp(): { readonly name: string; readonly region: string } {
  const file = join(import.meta.dirname, "../docs/deploy-role/boundary-policy.json");
  const [, region = "", name = ""] =
    /"arn:aws:lambda:([\w-]+):\d{12}:function:([\w-]+)-production-\*"/.exec(
      readFileSync(file, "utf8"),
    ) ?? [];
  return { name, region };
}
