/**
 * The name of an app, made of its folder's: every AWS name begins with it, so it is lower-case letters, digits and hyphens,
 * and 30 characters at most, because a stage's name is put behind it.
 */
export function appName(folder: string): string {
  const name = folder
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/\p{Mark}/gu, "")
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 30)
    .replace(/-$/, "");
  return name === "" ? "app" : name;
}
