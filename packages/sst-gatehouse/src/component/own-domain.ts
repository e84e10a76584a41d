import { isHostName } from "@sst-gatehouse/blueprint/host-name";
import type { Stage } from "@sst-gatehouse/blueprint/stages";

type RouterDomain = NonNullable<sst.aws.RouterArgs["domain"]>;

/** An app's own domain. */
export interface OwnDomain {
  /** As SST's Router takes it. */
  readonly domain: RouterDomain;
  /** Where people sign in: the app's origin has this name and no other. */
  readonly name: $util.Output<string>;
  /** Further names of the same app. */
  readonly aliases: $util.Output<string[]>;
  /** Whether its records are made by others. */
  readonly dnsElsewhere: $util.Output<boolean>;
}

/**
 * The domain that `stages.ts` or the component is given; undefined for none.
 *
 * @throws {Error} where both say one. A name that is none stops the deploy.
 */
export function ownDomain(
  { domain: name, certificateArn: cert }: Stage,
  given?: RouterDomain,
): OwnDomain | undefined {
  if (name !== undefined && given !== undefined)
    throw new Error(
      `the domain is said twice, in stages.ts (${name}) and to Gatehouse: say it once`,
    );
  const domain =
    given ??
    (name !== undefined && cert !== undefined ? { name, cert, dns: false as const } : name);
  if (domain === undefined) return undefined;
  const said = $output(domain).apply((all) => (typeof all === "string" ? { name: all } : all));
  const checked = said.apply(({ name: one, aliases = [], dns }) => {
    const wrong = [one, ...aliases].find((host) => !isHostName(host));
    if (wrong !== undefined)
      throw new Error(`domain: ${wrong} must be a host name such as app.example.com`);
    return { name: one, aliases, dnsElsewhere: dns === false };
  });
  return {
    domain,
    name: checked.name,
    aliases: checked.aliases,
    dnsElsewhere: checked.dnsElsewhere,
  };
}
