import { revocationPageNames } from "@sst-gatehouse/blueprint/revocations";

import { type ParameterStore, readParameters } from "./read-parameters.ts";

export interface RevocationsSource extends ParameterStore {
  /** Full name of the first parameter. */
  readonly name: string;
}

/**
 * Reads a whole list.
 *
 * @returns each parameter's text, in the order of {@link revocationPageNames}; `undefined` for one that is not there.
 * @throws {Error} (rejects) as `readParameters` does.
 */
export function readRevocations({
  name,
  ...store
}: RevocationsSource): Promise<readonly (string | undefined)[]> {
  return readParameters(store, revocationPageNames(name));
}
