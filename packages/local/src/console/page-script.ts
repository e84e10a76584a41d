/** Runs in the page, as text: it may use nothing from outside of itself. */
function runConsole(): void {
  const byId = (id: string): HTMLElement => {
    const element = document.getElementById(id);
    if (element === null) throw new TypeError(`the page has no #${id}`);
    return element;
  };
  // Out of the address bar, so that a copied address or a screenshot does not hold it; this tab may be loaded again.
  if (location.hash !== "") sessionStorage.setItem("secret", location.hash.slice(1));
  history.replaceState(null, "", "/");
  const secret = sessionStorage.getItem("secret") ?? "";
  const ask = async (path: string, body?: string): Promise<Response> => {
    const headers = { "x-gatehouse-console": secret };
    const answer = await fetch(
      path,
      body === undefined ? { headers } : { method: "POST", headers, body },
    );
    if (!answer.ok) throw new Error(await answer.text());
    return answer;
  };
  const list = byId("requests");
  const state = byId("state");

  const fill = async (row: HTMLDetailsElement): Promise<void> => {
    const target = row.querySelector("div");
    if (target === null || !row.open) return;
    const answer = await ask(`/request?id=${encodeURIComponent(row.id)}`);
    // The stack has escaped everything that is not its own, and this page runs no script but this.
    target.innerHTML = await answer.text();
  };
  const rowOf = (id: string): HTMLDetailsElement => {
    const known = document.getElementById(id);
    if (known instanceof HTMLDetailsElement) return known;
    const row = document.createElement("details");
    row.id = id;
    row.append(document.createElement("summary"), document.createElement("div"));
    row.addEventListener("toggle", () => void fill(row));
    list.prepend(row);
    return row;
  };
  const follow = async (): Promise<void> => {
    let after = 0;
    for (;;) {
      const answer = await ask(`/requests?after=${after}`);
      const { change, requests }: { change: number; requests: { id: string; summary: string }[] } =
        await answer.json();
      after = change;
      for (const { id, summary } of requests.toReversed()) {
        const row = rowOf(id);
        const head = row.querySelector("summary");
        if (head !== null) head.innerHTML = summary;
        await fill(row);
      }
      while (list.childElementCount > 200) list.lastElementChild?.remove();
      if (list.childElementCount > 0) state.textContent = "The newest request is first.";
    }
  };
  const showCurlLine = async (person: string): Promise<void> => {
    const answer = await ask("/token", person);
    byId("curl").textContent = await answer.text();
    byId("curl").hidden = false;
  };
  byId("call").addEventListener("submit", (event) => {
    event.preventDefault();
    const person = byId("person");
    if (!(person instanceof HTMLSelectElement)) return;
    showCurlLine(person.value).catch((error: unknown) => (state.textContent = String(error)));
  });
  follow().catch((error: unknown) => {
    state.textContent =
      secret === ""
        ? "Open the address that start printed: it ends in the secret of this start."
        : `The console has stopped: ${String(error)}. Load the page by the address that start printed.`;
  });
}

export const pageScript = `(${runConsole.toString()})();\n`;
