/**
 * The few scripts of the guard's own pages. Each is a constant, which the page's policy allows by its hash; what differs is
 * in the page's one link.
 */

/**
 * Asks for the same address once more, now from a page of this site and with its fragment. Once: after a reload the link
 * is left to the person.
 */
export const openAgain = `if (performance.getEntriesByType("navigation")[0]?.type !== "reload") location.reload();`;

const kept = `"gatehouse-fragment"`;

/**
 * Keeps the address's fragment in this window while it signs in, and goes on by the link. No server ever sees a fragment,
 * and this tells none; with one, the link's other address says only that there is one.
 */
export const keepFragment = `const link = document.querySelector("main a");
let to = link.href;
try {
  sessionStorage.removeItem(${kept});
  if (location.hash.length > 1) {
    sessionStorage.setItem(${kept}, location.hash);
    to = link.dataset.withFragment;
  }
} catch {}
location.replace(to);`;

/** Goes on by the link, with the fragment that was kept. */
export const restoreFragment = `let fragment;
try {
  fragment = sessionStorage.getItem(${kept});
  sessionStorage.removeItem(${kept});
} catch {}
location.replace(document.querySelector("main a").href + (fragment?.startsWith("#") ? fragment : ""));`;
