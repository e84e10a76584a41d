import { createFetch, keepSession, ProblemError } from "sst-gatehouse/client";

// Renews the session five minutes before its hour is over, for as long as the page is open.
keepSession();

/** Hashes large bodies for the guard, and renews a session that has expired all the same. */
const call = createFetch({ throwProblems: true });

const find = (id: string): HTMLElement => {
  const element = document.getElementById(id);
  if (element === null) throw new TypeError(`the page has no ${id}`);
  return element;
};

const { username } = await (await call("/api/me")).json();
find("who").textContent = username;

// The browser connects again by itself, and the guard renews the session on the way.
const events = new EventSource("/api/events");
events.addEventListener("file", ({ data }: MessageEvent<string>) => {
  const item = document.createElement("li");
  item.textContent = data;
  find("events").append(item);
});

find("file").addEventListener("change", async ({ target }) => {
  const file = target instanceof HTMLInputElement ? target.files?.[0] : undefined;
  if (file === undefined) return;
  find("status").textContent = "Sending …";
  try {
    const answer = await call(`/api/files/${encodeURIComponent(file.name)}`, {
      method: "PUT",
      body: file,
    });
    const { bytes } = await answer.json();
    find("status").textContent = `${file.name} has arrived, ${bytes} bytes.`;
  } catch (error) {
    find("status").textContent =
      error instanceof ProblemError ? error.message : "The file did not get through.";
  }
});
