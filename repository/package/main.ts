import { join, relative } from "node:path";

import { packAll } from "./pack-all.ts";
import { root } from "./workspace.ts";

const { tarballs, guardSha256 } = await packAll(join(root, "artifacts"));
for (const { file, bytes, contents } of tarballs)
  console.log(
    `${relative(root, file)}  ${bytes.toLocaleString("en")} bytes, ${contents.length} files`,
  );
console.log(`guard ${guardSha256}  (sha256 of what sha256sum *.cjs prints in its folder)`);
