import { StringDecoder } from "node:string_decoder";
import { Transform } from "node:stream";

import type { SuiteTarget } from "./suite-target.ts";

/** Of tokens made during the run, which nobody has listed; signed ones have three parts, refresh tokens five. */
const anyToken = /eyJ[\w-]{10,}(\.[\w-]*){2,4}/g;

/** What must not be printed, in each form it may take. */
export function secretValues({ users, clients }: SuiteTarget): readonly string[] {
  const ofClients = [clients.machine, clients.web].flatMap(({ id, secret }) =>
    secret === undefined ? [] : [secret, Buffer.from(`${id}:${secret}`).toString("base64")],
  );
  return [...ofClients, ...users.map(({ password }) => password)];
}

/** Passes text on line by line, with "(secret)" in place of each secret, and of every token. */
export function withoutSecrets(secrets: readonly string[]): Transform {
  const decoder = new StringDecoder("utf8");
  let line = "";
  const clean = (text: string): string =>
    secrets
      .reduce((cleaned, secret) => cleaned.replaceAll(secret, "(secret)"), text)
      .replaceAll(anyToken, "(secret)");
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      line += decoder.write(chunk);
      const end = line.lastIndexOf("\n") + 1;
      const whole = line.slice(0, end);
      line = line.slice(end);
      done(null, clean(whole));
    },
    flush(done) {
      done(null, clean(line + decoder.end()));
    },
  });
}
