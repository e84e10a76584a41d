/**
 * The few scripts of the guard's own pages. Each is a constant, which the page's policy allows by its hash; what differs is
 * in the page's one link.
 */

/**
 * Asks for the same address once more, now from a page of this site and with its fragment. Once: after that the
 * link is left to the person. A reload may be the person's own, which says that it comes from where the page was first
 * opened from: after a sign-in, another site. So that one is asked again, too, once in a few seconds.
 */
export const openAgain = `const last = "gatehouse-reloaded";
const isReload = performance.getEntriesByType("navigation")[0]?.type === "reload";
if (!(isReload && Date.now() - sessionStorage[last] < 5000)) {
  if (isReload) sessionStorage[last] = Date.now();
  location.reload();
}`;

const kept = `"gatehouse-fragment"`;

/**
 * Keeps the address's fragment in this window while it signs in, and goes on by the link. No server ever sees a fragment,
 * and this tells none; with one, the link's other address says only that there is one. It is kept with the path that it
 * belongs to.
 */
export const keepFragment = `const link = document.querySelector("main a");
let to = link.href;
try {
  sessionStorage.removeItem(${kept});
  if (location.hash.length > 1) {
    const path = new URLSearchParams(location.search).get("return_to") ?? "/";
    sessionStorage.setItem(${kept}, path + location.hash);
    to = link.dataset.withFragment;
  }
} catch {}
location.replace(to);`;

/** Goes on by the link, with the fragment that was kept for it. */
export const restoreFragment = `let to = document.querySelector("main a").getAttribute("href");
try {
  const address = sessionStorage.getItem(${kept});
  sessionStorage.removeItem(${kept});
  if (address?.startsWith(to + "#")) to = address;
} catch {}
location.replace(to);`;
