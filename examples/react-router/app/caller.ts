import { createContext } from "react-router";
import type { Caller } from "sst-gatehouse";

/** Who is calling, for loaders and actions. The access rules have already allowed it. */
export const callerContext = createContext<Caller>();

export function nameOf(caller: Caller): string {
  return caller.kind === "user" ? caller.username : "somebody else";
}
