/** After a read Parameter Store is left alone for this long, whatever came of it. */
const coolDownSeconds = 2;
/** Cognito's own pattern, with its bounds. */
const secretPattern = /^[\w+]{24,64}$/;

export interface ClientSecretDeps {
  /** What Parameter Store has; `undefined` when there is no such parameter. Rejects on any fault, after 3 seconds at most. */
  readonly read: () => Promise<string | undefined>;
  /** Whole seconds since the epoch. */
  readonly now: () => number;
}

/** The secret of the guard's own app client: read when a sign-in or a renewal first needs it, and kept in the container. */
export interface ClientSecret {
  /** @throws {Error} (rejects) when it cannot be read. */
  readonly current: () => Promise<string>;
  /**
   * What took the place of a secret that Cognito has refused.
   *
   * @returns `undefined` when Parameter Store still has the same one.
   * @throws {Error} (rejects) when it cannot be read.
   */
  readonly after: (refused: string) => Promise<string | undefined>;
}

/** Requests that need it together share one read, and no two reads follow each other closely. */
export function createClientSecret({ read, now }: ClientSecretDeps): ClientSecret {
  let known: string | undefined;
  let readAt: number | undefined;
  let running: Promise<string> | undefined;

  const load = async (): Promise<string> => {
    try {
      const value = await read();
      if (value === undefined || !secretPattern.test(value)) throw new ClientSecretUnknown();
      known = value;
      return value;
    } finally {
      readAt = now();
      running = undefined;
    }
  };
  const isResting = (): boolean =>
    readAt !== undefined && Math.abs(now() - readAt) < coolDownSeconds;
  // In a later turn, so that a read that throws at once is cleared away like any other.
  const start = (): Promise<string> => (running ??= Promise.resolve().then(load));

  return {
    async current() {
      if (known !== undefined) return known;
      if (running === undefined && isResting()) throw new ClientSecretUnknown();
      return start();
    },
    async after(refused) {
      if (running === undefined && isResting()) return known === refused ? undefined : known;
      // Another request may have read it meanwhile.
      const fresh = known === refused ? await start() : known;
      return fresh === refused ? undefined : fresh;
    },
  };
}

/** The log shows the name alone. */
class ClientSecretUnknown extends Error {
  override readonly name = "ClientSecretUnknown";

  constructor() {
    super("the secret of the app client could not be read");
  }
}
