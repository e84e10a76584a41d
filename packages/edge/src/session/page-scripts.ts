/**
 * The few scripts of the guard's own pages. Each is a constant, which the page's policy allows by its hash; what differs is
 * in the page's one link.
 */

/**
 * Asks for the same address once more, now from a page of this site and with its fragment. Once: after a reload the link
 * is left to the person.
 */
export const openAgain = `if (performance.getEntriesByType("navigation")[0]?.type !== "reload") location.reload();`;
