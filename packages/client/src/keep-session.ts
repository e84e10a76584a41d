export interface KeepSessionOptions {
  /** What sends the requests; the platform's `fetch` by default. */
  readonly fetch?: typeof globalThis.fetch;
}

/** Long enough for what has been begun to end before the session does. */
const aheadSeconds = 300;
/** After a renewal, and after a failure that may be over in a moment. */
const nextLookSeconds = 60;

/**
 * Renews the session of a page that stays open, five minutes before its access token ends: nothing that the page loads or
 * sends later meets a session that has expired. Looks again whenever the page is shown, because timers stand still in a
 * sleeping machine. Ends by itself when nobody is signed in any more.
 *
 * @returns a function that ends it.
 */
export function keepSession(options: KeepSessionOptions = {}): () => void {
  const fetch = options.fetch ?? ((...call) => globalThis.fetch(...call));
  const { document }: { readonly document?: Document } = globalThis;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let underway = false;

  const look = async (): Promise<void> => {
    if (underway) return;
    underway = true;
    clearTimeout(timer);
    const seconds = await renewWhenDue(fetch).catch(() => nextLookSeconds);
    // Ended meanwhile.
    if (!underway) return;
    underway = false;
    if (seconds === undefined) stop();
    else timer = setTimeout(() => void look(), seconds * 1000);
  };
  const whenShown = (): void => {
    if (document?.visibilityState === "visible") void look();
  };
  const stop = (): void => {
    underway = false;
    clearTimeout(timer);
    document?.removeEventListener("visibilitychange", whenShown);
  };

  document?.addEventListener("visibilitychange", whenShown);
  void look();
  return stop;
}

/**
 * @returns seconds until the next look; `undefined` when nobody is signed in. Rejects when the app cannot be reached.
 */
async function renewWhenDue(fetch: typeof globalThis.fetch): Promise<number | undefined> {
  // Another tab may have renewed it.
  const me = await fetch("/.auth/me");
  const body: unknown = await me.json();
  if (me.ok) {
    const left = Number(Object(body).expiresAt) - secondsOf(me);
    if (left > aheadSeconds) return left - aheadSeconds;
  } else if (me.status !== 401) return nextLookSeconds;
  else if (Object(body).code !== "token_expired") return undefined;
  const { status } = await fetch("/.auth/refresh", { method: "POST" });
  return status === 401 ? undefined : nextLookSeconds;
}

/** The app's clock where the answer says it: this machine's may be wrong. */
function secondsOf({ headers }: Response): number {
  const date = Date.parse(headers.get("date") ?? "");
  return (Number.isNaN(date) ? Date.now() : date) / 1000;
}
