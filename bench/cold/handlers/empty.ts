/** What no handler can do without. */
export const handler = async (event: unknown): Promise<unknown> => event;
