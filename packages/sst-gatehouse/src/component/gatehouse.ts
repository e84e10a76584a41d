import { behaviorsOf } from "@sst-gatehouse/blueprint/behaviors";
import { defineGate, type Gate } from "@sst-gatehouse/blueprint/gate";
import { isStaticSite } from "@sst-gatehouse/blueprint/site";

import { createAppClients } from "./app-clients.ts";
import { type BackendFunction, createBackends } from "./backends.ts";
import { type CdnSource, createCdn, type GateCdn } from "./cdn.ts";
import { createFirewall } from "./firewall.ts";
import { createGateContext } from "./gate-context.ts";
import { createGuard, type GuardSource } from "./guard.ts";
import { clientIdsOfLastDeploy, createParameters, type ParametersSource } from "./parameters.ts";
import { ownDomain } from "./own-domain.ts";
import { createSealingKeys } from "./sealing-keys.ts";
import { createSite, openToCloudFront } from "./site.ts";
import { createStaticSite, type MakeStaticSite } from "./static-site.ts";
import { type ExistingPool, takeUsers } from "./existing-users.ts";
import { createUsers, type UsersOptions } from "./users.ts";

export interface GatehouseArgs extends Omit<Gate, "users">, UsersOptions {
  /**
   * A user pool that is there already, with its people: as `gate.ts` names it, or the component that the app has of it.
   * The gate adds app clients to it and changes nothing else.
   */
  // oxlint-disable-next-line typescript/no-redundant-type-constituents -- the linter does not see SST's types
  readonly users?: Gate["users"] | ExistingPool;
  /**
   * Functions that the app has, by the backend's name: each made of what {@link lock} returns, or of another app, whose
   * Function URL only IAM opens (docs/adopt.md).
   */
  readonly functions?: Readonly<Record<string, BackendFunction>>;
  /**
   * Makes the StaticSite that `site` of `gate.ts` is about, of what it is handed:
   * `(args) => new sst.aws.StaticSite("Web", args)`. The gate is on its distribution then, and makes none of its own.
   */
  readonly staticSite?: MakeStaticSite;
  /**
   * The app's domain, as SST's Router takes it: a name, or a name with DNS, certificate, aliases and redirects. For what
   * `stages.ts` cannot say. People sign in at the name; an alias is for callers with a token.
   */
  readonly domain?: sst.aws.RouterArgs["domain"];
}

/**
 * Functions behind a guard: CloudFront, the guard on Lambda@Edge, Function URLs that only IAM opens, and a user pool.
 *
 * `new Gatehouse("Gate", gate)`, and `return gate.outputs` from `run()`. Linked to a function, it is `Resource.Gate`,
 * with `url`, `userPoolId` and `webClientId`.
 *
 * @param name in Pascal case. Every logical name begins with it, and what AWS has only once too unless it is `"Gate"`. A
 *   stage that is renamed loses its users.
 * @throws {Error} before anything is registered, when the gate or the stage is refused.
 */
export class Gatehouse extends $util.ComponentResource {
  /** The app's address, without a trailing slash. */
  readonly url: $util.Output<string>;
  readonly users: sst.aws.CognitoUserPool;
  readonly cdn: GateCdn;
  /** The functions behind the guard, by the backend's name. */
  readonly functions: Readonly<Record<string, BackendFunction>>;
  /** For `run()` to return: SST prints it. */
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly #link: Readonly<Record<string, $util.Input<string>>>;

  constructor(
    name: string,
    {
      functions = {},
      identityProviders,
      transform,
      users: people,
      domain: own,
      staticSite,
      ...args
    }: GatehouseArgs,
  ) {
    const given = isPool(people) ? people : undefined;
    const gate = defineGate({ ...args, ...(!isPool(people) && people && { users: people }) });
    const outside = createGateContext(name, gate);
    super("gatehouse:index:Gatehouse", name);
    const context = { ...outside, parent: this };
    const { stage } = context;

    const usEast1 = new aws.Provider(
      `${name}UsEast1`,
      // What the CLI gives the stage's own provider: tags, and the account where one is set. Lambda@Edge and what
      // belongs to CloudFront live there, wherever the app does.
      { ...$app.providers?.aws, region: "us-east-1" },
      { parent: this },
    );
    const { access } = gate;
    const backends = createBackends(context, gate, functions);
    const behaviors = behaviorsOf(gate, backends);
    const { site: said } = gate;
    if (isStaticSite(said) !== (staticSite !== undefined))
      throw new Error(
        'a StaticSite is said in two places: site: { component: "StaticSite", … } in gate.ts, and staticSite: (args) => new sst.aws.StaticSite(name, args) to Gatehouse',
      );
    const site = said && !isStaticSite(said) ? createSite(context, said, behaviors) : undefined;
    const options = {
      ...(identityProviders && { identityProviders }),
      ...(transform && { transform }),
    };
    const existing =
      given ?? (stage.userPoolId && sst.aws.CognitoUserPool.get(`${name}Users`, stage.userPoolId));
    const users = existing
      ? takeUsers(context, access, existing, options)
      : createUsers(context, access, options);
    const domain = ownDomain(stage, own);
    const sealing = createSealingKeys(context);
    const firewall = stage.waf && createFirewall(context, stage.waf, usEast1);
    const guardWith = (clientIds: GuardSource["clientIds"]) =>
      createGuard(context, { backends, site, users, access, sealing, clientIds, domain, usEast1 });
    const cdnWith = (guard: aws.lambda.Function) => {
      const source: CdnSource = {
        guard,
        backends,
        site,
        behaviors,
        firewall,
        ...(domain && { domain: domain.domain }),
      };
      const appsOwn =
        isStaticSite(said) && staticSite && createStaticSite(context, said, staticSite, source);
      if (appsOwn) return appsOwn;
      // Under `sst dev`, a gate on a StaticSite has its backends alone.
      const played = site ? behaviors : behaviors.filter((behavior) => "backend" in behavior);
      return createCdn(context, { ...source, behaviors: played });
    };
    let made: Omit<ParametersSource, "backend" | "users">;
    if (domain === undefined) {
      // The clients need the distribution's name, the distribution needs the guard, and the guard would need the clients:
      // it takes their ids from the last deploy, and asks Parameter Store after the first (docs/decisions/0008).
      const baked = clientIdsOfLastDeploy(context, users);
      const guard = guardWith(baked);
      const cdn = cdnWith(guard);
      const clients = createAppClients(context, { users, access, appUrl: cdn.url });
      made = { appUrl: cdn.url, clients, guard, cdn, baked };
    } else {
      const appUrl = $interpolate`https://${domain.name}`;
      const clients = createAppClients(context, { users, access, appUrl });
      const guard = guardWith(clients.ids);
      const cdn = cdnWith(guard);
      made = { appUrl, clients, guard, cdn, baked: clients.ids };
    }
    const { appUrl: url, cdn } = made;
    const { distribution } = cdn.nodes.cdn!.nodes;
    if (site !== undefined) openToCloudFront(context, site, distribution.arn);
    const printed = createParameters(context, { ...made, backend: backends[0], users });
    this.outputs = {
      ...printed,
      refreshTokens: users.noRotation.apply((why) => why && `do not rotate: ${why}`),
      // The app's DNS stays in the owner's hands.
      ...(domain && {
        pointTheDomainAt: domain.dnsElsewhere.apply((elsewhere) =>
          elsewhere ? distribution.domainName : undefined,
        ),
      }),
    };
    this.url = url;
    this.cdn = cdn;
    this.users = users.pool;
    this.functions = Object.fromEntries(
      backends.map((backend) => [backend.name, backend.function]),
    );
    const { userPoolId, webClientId } = printed;
    this.#link = { url, userPoolId, webClientId };
    // Where a review of the deployment and `start --from-deploy` find what may be the app's own.
    const deployed = backends.flatMap(({ name: backend, function: deployable }) =>
      deployable instanceof sst.aws.Function ? [{ backend, urn: deployable.urn }] : [],
    );
    this.registerOutputs({
      ...this.#link,
      aliases: domain?.aliases ?? [],
      backends: deployed.map(({ urn }) => urn.apply(logicalNameOf)),
      backendNames: deployed.map(({ backend }) => backend),
      distribution: distribution.urn.apply(logicalNameOf),
      hostedOrigin: users.hostedOrigin,
    });
  }

  /** What SST gives a function that is linked to the gate. */
  getSSTLink(): { readonly properties: Record<string, $util.Input<string>> } {
    return { properties: { ...this.#link } };
  }
}

function isPool(users: GatehouseArgs["users"]): users is ExistingPool {
  return (
    users instanceof sst.aws.CognitoUserPool ||
    (typeof users === "object" && "pool" in users && typeof users.pool === "object")
  );
}

function logicalNameOf(urn: string): string {
  return urn.split("::").at(-1) ?? "";
}
