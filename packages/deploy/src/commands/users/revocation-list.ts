import { GetParameterCommand, PutParameterCommand, type SSMClient } from "@aws-sdk/client-ssm";
import { longestTokenLifeSeconds } from "@sst-gatehouse/blueprint/app-clients";
import {
  addRevocation,
  isRevoked,
  mergeRevocations,
  parseRevocations,
  revocationsText,
  type Revocations,
  type Revoked,
} from "@sst-gatehouse/blueprint/revocations";
import { messageOf } from "@sst-gatehouse/blueprint/message-of";

import { explainAwsFailure } from "../../aws-failure.ts";
import { CommandError } from "../../command.ts";

/** Each try ends with somebody's list in place, so only many administrators at once need more. */
const maxTries = 5;

const empty: Revocations = { everybody: 0, users: new Map() };

export interface RevocationListOptions {
  readonly ssm: SSMClient;
  /** Full name of the parameter. */
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

export function createRevocationList({
  ssm,
  name,
  stage,
  now,
}: RevocationListOptions): RevocationList {
  const load = async (version?: number): Promise<{ text: string; version: number }> => {
    const Name = version === undefined ? name : `${name}:${version}`;
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name }));
    return { text: Parameter?.Value ?? "", version: Parameter?.Version ?? 0 };
  };
  /** Revoking everybody may overwrite a list that cannot be read: it covers every user that the list could name. */
  const parse = (text: string, who: Revoked): Revocations => {
    try {
      return parseRevocations(text, now());
    } catch (error) {
      if (who === "everybody") return empty;
      const why = messageOf(error);
      throw new CommandError(
        `${name} is not a list that the guard reads: ${why}. Until it is, the guard treats it as missing. \`users revoke --everybody\` writes a new one. Nothing was changed.`,
      );
    }
  };
  const withRoom = (list: Revocations, who: Revoked, time: number): Revocations => {
    try {
      return addRevocation(list, who, time, longestTokenLifeSeconds);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new CommandError(
        `The list of ${stage} is full: it names ${list.users.size} users revoked in the last 30 days, and has no room for more. Nothing was changed. \`users revoke --everybody\` empties it, and signs everybody out.`,
      );
    }
  };

  return {
    async requireRoom(who) {
      const { text } = await explained(load(), true);
      withRoom(parse(text, who), who, now());
    },
    async add(who) {
      let written = false;
      /** What somebody else wrote, and this command has overwritten. */
      let overwritten = empty;
      let time: number | undefined;
      for (let attempt = 0; attempt < maxTries; attempt += 1) {
        const before = await explained(load(), !written);
        time ??= now();
        const merged = mergeRevocations(parse(before.text, who), overwritten);
        const next = withRoom(merged, who, time);
        const Value = revocationsText(next);
        // Without a type, so that a list that was deleted in the meantime is not created again.
        const put = new PutParameterCommand({ Name: name, Value, Overwrite: true });
        const { Version = 0 } = await explained(ssm.send(put), !written);
        written = true;
        for (let lost = before.version + 1; lost < Version; lost += 1) {
          const { text } = await explained(load(lost), false);
          overwritten = mergeRevocations(overwritten, parse(text, who));
        }
        if (Version > before.version + 1) continue;
        const after = parse((await explained(load(), false)).text, who);
        if (holds(after, who, time)) return time;
      }
      throw new CommandError(
        `${name} keeps being changed by others, and it is not certain that this revocation is in it. Run the command again.`,
      );
    },
  };

  async function explained<T>(call: Promise<T>, unchanged: boolean): Promise<T> {
    try {
      return await call;
    } catch (error) {
      if (error instanceof Error && error.name === "ParameterNotFound") {
        throw new CommandError(
          `There is no list of revocations in ${stage}: the parameter ${name} is missing. Where revocation is "off", the stack on this machine has none; a deployed stage always has one, so somebody deleted it, and a deploy alone does not bring it back: run \`sst refresh\`, then \`sst deploy\`. Nothing was changed.`,
        );
      }
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

function holds(list: Revocations, who: Revoked, time: number): boolean {
  return who === "everybody"
    ? list.everybody >= time
    : isRevoked(list, { sub: who.sub, authTime: time });
}
