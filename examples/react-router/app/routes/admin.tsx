/** Whoever sees this is in the group admin: the rules say so before anything of this app runs. */
export default function Admin() {
  return <h1>For admins</h1>;
}

export function loader() {
  return { secrets: 0 };
}
