import { join, relative } from "node:path";

import ts from "typescript";

// Prints what the compiler says of the config and of all that it imports, and then what was looked at, a path a line. SST's
// own sources are read for their types; to check their bodies as well would take twice as long.

const root = join(import.meta.dirname, "../../../..");
const host: ts.ParseConfigFileHost & ts.FormatDiagnosticsHost = {
  ...ts.sys,
  getCanonicalFileName: (file) => file,
  getNewLine: () => "\n",
  onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
    throw new Error(ts.formatDiagnostic(diagnostic, host));
  },
};
const config = ts.getParsedCommandLineOfConfigFile(
  join(root, "packages/sst-gatehouse/tsconfig.json"),
  {},
  host,
);
if (config === undefined) throw new Error("packages/sst-gatehouse/tsconfig.json cannot be read");
const compiler = ts.createCompilerHost(config.options);
// As tsc itself: comments are most of the types of AWS.
compiler.jsDocParsingMode = ts.JSDocParsingMode.ParseForTypeErrors;
const program = ts.createProgram(config.fileNames, config.options, compiler);
const own = program
  .getSourceFiles()
  .filter(({ fileName }) => !/\/(?:\.sst|node_modules)\//.test(fileName));
const found = [
  ...config.errors,
  ...program.getOptionsDiagnostics(),
  ...program.getGlobalDiagnostics(),
  ...own.flatMap((file) => [
    ...program.getSyntacticDiagnostics(file),
    ...program.getSemanticDiagnostics(file),
  ]),
];
process.stdout.write(ts.formatDiagnostics(found, host));
for (const { fileName } of own) console.log(relative(root, fileName));
