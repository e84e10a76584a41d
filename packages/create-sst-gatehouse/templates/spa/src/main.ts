import { createFetch, keepSession, ProblemError } from "sst-gatehouse/client";

// Renews the session five minutes before its hour is over, for as long as the page is open.
keepSession();

/** Sends the session's cookie, and renews a session that has expired. */
const call = createFetch({ throwProblems: true });

function find(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new TypeError(`the page has no ${id}`);
  return element;
}

find("report").addEventListener("click", async () => {
  try {
    const { secrets } = await (await call("/api/admin/report")).json();
    find("answer").textContent = `Secrets: ${secrets}`;
  } catch (error) {
    find("answer").textContent =
      error instanceof ProblemError ? error.message : "The report did not get through.";
  }
});

const { username } = await (await call("/api/me")).json();
find("who").textContent = username;
