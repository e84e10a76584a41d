import { hash } from "node:crypto";

/** What no guard can do without: `node:crypto`, used once. */
export const handler = async (): Promise<string> => hash("sha256", "");
