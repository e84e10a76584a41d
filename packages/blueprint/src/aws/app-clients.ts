export type TokenUse = "id" | "access";
export type AppClientKind = "person" | "machine";

/** An app client of the user pool: what it may do at Cognito, and which of its tokens the guard takes. */
export interface AppClient {
  readonly kind: AppClientKind;
  readonly flows: readonly ("code" | "implicit" | "client_credentials")[];
  readonly generateSecret: boolean;
  readonly tokenUses: readonly TokenUse[];
}

/** Every name an app client can have; parameters and outputs use the same names. */
export type AppClientName = "web" | "spa" | "machine" | "walkthrough";

export const appClients: Readonly<Record<AppClientName, AppClient>> = {
  /** The guard's own, for browsers' sessions: code grant with PKCE, and a secret that the guard alone has. */
  web: { kind: "person", flows: ["code"], generateSecret: true, tokenUses: ["id", "access"] },
  /** Other front ends, and programs that people sign in by: code grant with PKCE, no secret; only where the stage opens it. */
  spa: { kind: "person", flows: ["code"], generateSecret: false, tokenUses: ["id", "access"] },
  /** Programs with a secret: client credentials; only where the access rules name a scope for it. */
  machine: {
    kind: "machine",
    flows: ["client_credentials"],
    generateSecret: true,
    tokenUses: ["access"],
  },
  /** The curl walk-through (sign in, read the ID token from the address bar); only where the stage opens it. */
  walkthrough: {
    kind: "person",
    flows: ["code", "implicit"],
    generateSecret: false,
    tokenUses: ["id", "access"],
  },
};

/** What a stage says about the clients that it does not have to have. */
export interface OptionalClients {
  readonly spaClient: boolean;
  readonly machineClient: boolean;
  readonly implicitGrant: boolean;
}

type OptionalClient = "spa" | "machine" | "walkthrough";

/** Something for each client that every stage has, and for the others where the stage has them. */
export type ForClients<T> = Readonly<
  Record<Exclude<AppClientName, OptionalClient>, T> & Partial<Record<OptionalClient, T>>
>;

/** The ids of a stage's app clients. */
export type ClientIds = ForClients<string>;

/** Makes something for each client of a stage. */
export function forClients<T>(
  { spaClient, machineClient, implicitGrant }: OptionalClients,
  make: (name: AppClientName) => T,
): ForClients<T> {
  return {
    web: make("web"),
    ...(spaClient ? { spa: make("spa") } : {}),
    ...(machineClient ? { machine: make("machine") } : {}),
    ...(implicitGrant ? { walkthrough: make("walkthrough") } : {}),
  };
}

/** What there is for one client. @throws {TypeError} for a client that the stage does not have. */
export function ofClient<T>(made: ForClients<T>, name: AppClientName): T {
  const one = made[name];
  if (one === undefined) throw new TypeError(`the stage has no app client ${name}`);
  return one;
}

export function isAppClientName(name: string): name is AppClientName {
  return Object.hasOwn(appClients, name);
}

/** The clients that a stage has. */
export function appClientNames(stage: OptionalClients): readonly AppClientName[] {
  return Object.values(forClients(stage, (name) => name));
}

/**
 * What a client may use of Cognito's own sign-in API. An empty list would not mean none: Cognito then opens SRP.
 *
 * Where refresh tokens rotate, the refresh flow is ruled out; a custom flow without triggers behind it admits nobody.
 * Otherwise the refresh flow, which admits nobody new, and which Cognito has been seen to ask for. Machines have no
 * refresh token.
 *
 * @param rotates whether the refresh tokens of people rotate.
 */
export function explicitAuthFlows(kind: AppClientKind, rotates: boolean): readonly string[] {
  return kind === "person" && rotates ? ["ALLOW_CUSTOM_AUTH"] : ["ALLOW_REFRESH_TOKEN_AUTH"];
}

/** What the clients of people say of refresh tokens; undefined where they do not rotate. */
export function refreshTokenRotation(rotates: boolean) {
  return rotates
    ? { feature: "ENABLED", retryGracePeriodSeconds: tokenLifetimes.rotationGraceSeconds }
    : undefined;
}

/**
 * Refuses clients without a secret where refresh tokens do not rotate: a stolen one would be good for a month
 * (RFC 9700, section 4.14.2).
 *
 * @param noRotation why they do not, as a clause; undefined where they do.
 */
export function checkRotation(stage: OptionalClients, noRotation: string | undefined): void {
  const [open] = appClientNames(stage).filter(
    (name) => appClients[name].kind === "person" && !appClients[name].generateSecret,
  );
  if (noRotation === undefined || open === undefined) return;
  const setting = open === "spa" ? "spaClient" : "implicitGrant";
  throw new TypeError(
    `stages.ts: ${setting} needs refresh tokens that rotate, because its app client has no secret, and ${noRotation}: change one of the two`,
  );
}

/**
 * What a client's users may write about themselves. An empty list would mean everything, so it names the one attribute
 * that decides nothing; signing up needs the e-mail address too.
 */
export function writeAttributes({
  selfSignUp,
}: {
  readonly selfSignUp: boolean;
}): readonly string[] {
  return selfSignUp ? ["email", "locale"] : ["locale"];
}

/** Token lifetimes that the user pool's clients get. */
export const tokenLifetimes = {
  idMinutes: 60,
  accessMinutes: 60,
  refreshDays: 30,
  rotationGraceSeconds: 60,
} as const;

/** From a sign-in to the end of its last token: a refresh at the last moment yields one more. */
export const longestTokenLifeSeconds =
  tokenLifetimes.refreshDays * 24 * 60 * 60 +
  Math.max(tokenLifetimes.idMinutes, tokenLifetimes.accessMinutes) * 60;

/** The resource server whose scopes machines ask for, and people where the stage says so, as `<identifier>/<scope>`. */
export const resourceServerIdentifier = "api";

/** The OpenID scopes of the clients for people. `aws.cognito.signin.user.admin` is left out on purpose. */
export const openIdScopes = ["openid", "email", "profile"] as const;

/**
 * What a client may ask for: machines all scopes of the resource server, people those that the stage gives them.
 *
 * @param resourceScopes as `<identifier>/<scope>`.
 */
export function clientScopes(
  kind: AppClientKind,
  resourceScopes: readonly string[],
  { peopleScopes }: { readonly peopleScopes: readonly string[] },
): readonly string[] {
  return kind === "person" ? [...openIdScopes, ...peopleScopes] : resourceScopes;
}
