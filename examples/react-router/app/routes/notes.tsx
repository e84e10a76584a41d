import { Form, redirect } from "react-router";

import { callerContext, nameOf } from "../caller";
import type { Route } from "./+types/notes";

/** A container's memory, in place of a database. */
const notes = new Map<string, string[]>();

export function loader({ context }: Route.LoaderArgs) {
  return { notes: notes.get(nameOf(context.get(callerContext))) ?? [] };
}

export async function action({ context, request }: Route.ActionArgs) {
  const text = (await request.formData()).get("text");
  if (typeof text !== "string" || text === "") return { error: "A note needs some words." };
  const name = nameOf(context.get(callerContext));
  notes.set(name, [...(notes.get(name) ?? []), text]);
  return redirect("/notes");
}

export default function Notes({ loaderData, actionData }: Route.ComponentProps) {
  return (
    <main>
      <h1>Notes</h1>
      <ul>
        {loaderData.notes.map((note, index) => (
          <li key={index}>{note}</li>
        ))}
      </ul>
      {/* Empty again after each note. */}
      <Form method="post" key={loaderData.notes.length}>
        <input name="text" aria-label="Note" />
        <button>Add</button>
        {actionData?.error && <p role="alert">{actionData.error}</p>}
      </Form>
    </main>
  );
}
