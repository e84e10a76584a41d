import { delimiter } from "node:path";

type Variables = Readonly<Record<string, string | undefined>>;

/** What a program needs to be given. */
export interface Wanted {
  /** Put before the inherited `PATH`. */
  readonly path: readonly string[];
  /** Whether it downloads packages, and so needs to know the way to the network. */
  readonly network: boolean;
  /** Wins over what is inherited. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Where npm and Go look for the way to the network; npm's own settings may name the registry. */
const networkVariables =
  /^(?:https?_proxy|no_proxy|all_proxy|npm_config_.+|node_extra_ca_certs|ssl_cert_file|ssl_cert_dir)$/i;

/** No account is reached, whatever is configured on this machine. */
const noAccount = {
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  AWS_EC2_METADATA_DISABLED: "true",
};

/** What keeps the SST CLI from fetching tools and from calling home. */
const quietly = {
  NO_BUN: "1",
  SST_SKIP_DEPENDENCY_CHECK: "1",
  SST_TELEMETRY_DISABLED: "1",
  NO_COLOR: "1",
  TERM: "dumb",
};

/** The environment for what evaluates a config: `PATH` and `HOME`, nothing else that this process was given. */
export function cleanEnvironment(inherited: Variables, wanted: Wanted): Record<string, string> {
  const path = [...wanted.path, ...(inherited["PATH"] === undefined ? [] : [inherited["PATH"]])];
  const kept = Object.entries(inherited).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined &&
      (entry[0] === "HOME" || (wanted.network && networkVariables.test(entry[0]))),
  );
  return {
    ...Object.fromEntries(kept),
    PATH: path.join(delimiter),
    ...noAccount,
    ...quietly,
    ...wanted.environment,
  };
}
