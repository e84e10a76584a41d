import { pathToFileURL } from "node:url";

import type { Stages } from "@sst-gatehouse/blueprint/stages";

/** What an adopter brings, as far as the stack uses it. Only `pnpm start` knows that it is the repository's own. */
export interface Adopted {
  readonly app: {
    /** Every AWS name begins with it. */
    readonly name: string;
    readonly region: string;
  };
  readonly stages: Stages;
  /** The module whose `access` says who may call what. */
  readonly accessFile: string;
  /** The module whose `handler` is the backend. */
  readonly backendEntry: string;
}

/** The scopes that machines may ask for. Rejects with what the rules say when they refuse themselves. */
export async function scopesOf({ accessFile }: Pick<Adopted, "accessFile">) {
  const module: { readonly access: { readonly scopes: readonly string[] } } = await import(
    pathToFileURL(accessFile).href
  );
  return module.access.scopes;
}
