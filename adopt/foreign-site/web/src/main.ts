const call = (path: string, init?: RequestInit) =>
  fetch(`${import.meta.env.VITE_API_URL}${path}`, init);

const find = (id: string) => document.getElementById(id)!;

async function list() {
  const books: { title: string }[] = await (await call("/books")).json();
  find("books").replaceChildren(
    ...books.map(({ title }) =>
      Object.assign(document.createElement("li"), { textContent: title }),
    ),
  );
}

find("add").addEventListener("submit", async (event) => {
  event.preventDefault();
  const title = new FormData(event.target as HTMLFormElement).get("title");
  const answer = await call("/books", { method: "POST", body: JSON.stringify({ title }) });
  find("answer").textContent = answer.ok ? "Added." : (await answer.json()).detail;
  await list();
});

await list();
