import {
  GetParameterCommand,
  GetParametersCommand,
  PutParameterCommand,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import { longestTokenLifeSeconds } from "@sst-gatehouse/blueprint/app-clients";
import { messageOf } from "@sst-gatehouse/blueprint/message-of";
import {
  isRevoked,
  maxRevocationPages,
  mergeRevocations,
  parseRevocationPage,
  parseRevocations,
  revocationPageNames,
  revocationPageText,
  type RevocationPage,
  type Revocations,
  type Revoked,
  withoutOldRevocations,
} from "@sst-gatehouse/blueprint/revocations";

import { explainAwsFailure } from "../../aws-failure.ts";
import { CommandError } from "../../command.ts";

/** Each try ends with somebody's list in place, so only many administrators at once need more. */
const maxTries = 5;

const empty: RevocationPage = { everybody: 0, users: new Map(), pages: 1 };

export interface RevocationListOptions {
  readonly ssm: SSMClient;
  /** Full name of the first parameter. */
  readonly name: string;
  /** For messages: `stage dev`. */
  readonly stage: string;
  /** Whole seconds since the epoch, by AWS's clock; known from the first answer on. */
  readonly now: () => number;
}

/** A stage's list of ended sign-ins, in Parameter Store. */
export interface RevocationList {
  /** @throws {CommandError} (rejects) when there is no list, when it cannot be read, or when it has no room for one more. */
  requireRoom(who: Revoked): Promise<void>;
  /**
   * Adds a revocation, as of now, and reads it back. What somebody else writes at the same time is kept too.
   *
   * @returns the time up to which sign-ins are ended.
   * @throws {CommandError} (rejects) that says whether it is certain that nothing was written.
   */
  add(who: Revoked): Promise<number>;
}

/** One parameter as it was found. */
interface Found {
  readonly text: string | undefined;
  /** 0: there is none. */
  readonly version: number;
}

/** A page to be written, in the place of what was found there. */
interface Change {
  /** 0: the first parameter. */
  readonly at: number;
  readonly page: RevocationPage;
}

export function createRevocationList({
  ssm,
  name,
  stage,
  now,
}: RevocationListOptions): RevocationList {
  const names = revocationPageNames(name);
  const nameOf = (at: number): string => names[at] ?? name;

  const load = async (): Promise<readonly Found[]> => {
    const { Parameters = [] } = await ssm.send(new GetParametersCommand({ Names: [...names] }));
    const found = names.map((each): Found => {
      const parameter = Parameters.find(({ Name }) => Name === each);
      return { text: parameter?.Value, version: parameter?.Version ?? 0 };
    });
    if (found[0]?.version === 0) throw missing();
    return found;
  };
  const loadVersion = async (at: number, version: number): Promise<string> => {
    const Name = `${nameOf(at)}:${version}`;
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name }));
    return Parameter?.Value ?? "";
  };
  const whole = (found: readonly Found[], who: Revoked): Revocations =>
    read(who, () =>
      parseRevocations(
        found.map(({ text }) => text),
        now(),
      ),
    );
  const pageOf = (text: string | undefined, who: Revoked): RevocationPage =>
    text === undefined ? empty : read(who, () => parseRevocationPage(text, now()));
  /** Revoking everybody may overwrite a list that cannot be read: it covers every user that the list could name. */
  const read = <T extends Revocations>(who: Revoked, parse: () => T): T | RevocationPage => {
    try {
      return parse();
    } catch (error) {
      if (who === "everybody") return empty;
      const why = messageOf(error);
      throw new CommandError(
        `${name} is not a list that can be used: ${why}. Until it is, it counts as missing. \`users revoke --everybody\` writes a new one. Nothing was changed.`,
      );
    }
  };

  /** What has to be written, in this order: a new parameter counts only once the first one says that it is there. */
  const changesFor = (
    found: readonly Found[],
    who: Revoked,
    { everybody, users, pages: known }: RevocationPage,
  ): readonly Change[] => {
    const named = whole(found, who).users.size; // nothing is added to a list with a broken part
    const first = pageOf(found[0]?.text, who);
    const time = Math.max(first.everybody, everybody);
    if (who === "everybody")
      return [{ at: 0, page: { ...first, everybody: time, users: new Map() } }];
    const pages = Array.from({ length: Math.max(first.pages, known) }, (_none, at) =>
      at === 0 ? { ...first, everybody: time } : pageOf(found[at]?.text, who),
    );
    const oldest = Math.max(time, now() - longestTokenLifeSeconds);
    const changed = new Set<number>(everybody > first.everybody ? [0] : []);
    for (const entry of users) {
      const added: Revocations = { everybody: 0, users: new Map([entry]) };
      const candidates = pages.map((page, at): Change => {
        const merged = { ...mergeRevocations(page, added), pages: page.pages };
        return { at, page: withoutOldRevocations(merged, oldest) };
      });
      const chosen = candidates.find(
        ({ at, page }) => pages[at]?.users.has(entry[0]) && fits(page),
      ) ??
        candidates.find(({ page }) => fits(page)) ?? {
          at: pages.length,
          page: { ...added, pages: 1 },
        };
      pages[chosen.at] = chosen.page;
      changed.add(chosen.at);
    }
    if (pages.length > maxRevocationPages) {
      throw new CommandError(
        `The list of ${stage} is full: it names ${named} users revoked in the last 30 days, and has no room for more. Nothing was changed. \`users revoke --everybody\` empties it, and signs everybody out.`,
      );
    }
    if (pages.length > first.pages) changed.add(0);
    return [...changed]
      .toSorted((one, other) => other - one)
      .map((at) => ({
        at,
        page: { ...(pages[at] ?? empty), pages: at === 0 ? pages.length : 1 },
      }));
  };

  const entryOf = (who: Revoked, time: number): RevocationPage =>
    who === "everybody"
      ? { ...empty, everybody: time }
      : { ...empty, users: new Map([[who.sub, time]]) };

  return {
    async requireRoom(who) {
      changesFor(await explained(load(), true), who, entryOf(who, now()));
    },
    async add(who) {
      let written = false;
      let time: number | undefined;
      /** Ours, and what somebody else wrote and this command has overwritten. */
      let wanted: RevocationPage | undefined;
      for (let attempt = 0; attempt < maxTries; attempt += 1) {
        const found = await explained(load(), !written);
        time ??= now();
        wanted ??= entryOf(who, time);
        let undisturbed = true;
        for (const { at, page } of changesFor(found, who, wanted)) {
          const before = found[at]?.version ?? 0;
          const { Version = 0 } = await explained(put(at, page), !written);
          written = true;
          for (let lost = before + 1; lost < Version; lost += 1) {
            const other = pageOf(await explained(loadVersion(at, lost), false), who);
            const pages = Math.max(wanted.pages, other.pages);
            wanted = { ...mergeRevocations(wanted, other), pages };
            undisturbed = false;
          }
        }
        if (!undisturbed) continue;
        if (holds(whole(await explained(load(), false), who), who, time)) return time;
      }
      throw new CommandError(
        `${name} keeps being changed by others, and it is not certain that this revocation is in it. Run the command again.`,
      );
    },
  };

  function put(at: number, page: RevocationPage) {
    return ssm.send(
      new PutParameterCommand({
        Name: nameOf(at),
        Value: revocationPageText(page),
        Overwrite: true,
        // Without a type, the first parameter is not created again where it was deleted in the meantime.
        ...(at === 0 ? {} : { Type: "String" as const }),
      }),
    );
  }

  function missing(): CommandError {
    return new CommandError(
      `There is no list of revocations in ${stage}: the parameter ${name} is missing. Where revocation is "off", the stack on this machine has none; a deployed stage always has one, so somebody deleted it, and a deploy alone does not bring it back: run \`sst refresh\`, then \`sst deploy\`. Nothing was changed.`,
    );
  }

  async function explained<T>(call: Promise<T>, unchanged: boolean): Promise<T> {
    try {
      return await call;
    } catch (error) {
      if (error instanceof CommandError) throw error;
      if (error instanceof Error && error.name === "ParameterNotFound") throw missing();
      const state = unchanged
        ? "The list was not changed."
        : "It is not certain what the list holds now: run the command again.";
      throw new CommandError(
        `The list of revocations of ${stage} cannot be written: ${explainAwsFailure(error)} ${state}`,
        { cause: error },
      );
    }
  }
}

function fits(page: RevocationPage): boolean {
  try {
    revocationPageText(page);
    return true;
  } catch {
    return false;
  }
}

function holds(list: Revocations, who: Revoked, time: number): boolean {
  return who === "everybody"
    ? list.everybody >= time
    : isRevoked(list, { sub: who.sub, authTime: time });
}
