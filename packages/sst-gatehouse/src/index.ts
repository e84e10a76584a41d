/** What `access.ts` and `gate.ts` of an app import. Nothing here needs Node or AWS. */
export { defineGate, type Backend, type Gate } from "@sst-gatehouse/blueprint/gate";
export { defineStages, type StageSettings } from "@sst-gatehouse/blueprint/stages";
export { type Access, type AccessRules, defineAccess } from "@sst-gatehouse/core/access";
export type { Caller } from "@sst-gatehouse/core/caller";
