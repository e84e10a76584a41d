import { Link } from "react-router";

import { callerContext, nameOf } from "../caller";
import type { Route } from "./+types/home";

export function loader({ context, request }: Route.LoaderArgs) {
  return { name: nameOf(context.get(callerContext)), address: new URL(request.url).origin };
}

export default function Home({ loaderData: { name, address } }: Route.ComponentProps) {
  return (
    <main>
      <h1>Hello, {name}!</h1>
      <p>
        This is {address}. You may read your <Link to="/notes">notes</Link>, and, if you are in the
        group, what is for <Link to="/admin">admins</Link>.
      </p>
      <form method="post" action="/.auth/logout">
        <button>Sign out</button>
      </form>
    </main>
  );
}
