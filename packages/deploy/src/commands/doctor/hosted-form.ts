/** The form of a hosted sign-in page, as a browser without scripts sends it back. */
export interface HostedForm {
  /** Where it is sent. */
  readonly action: URL;
  /** Its hidden fields. */
  readonly hidden: Readonly<Record<string, string>>;
}

/**
 * Reads the first form of a hosted sign-in page. The classic page has the form twice.
 *
 * @param url of the page.
 */
export function readHostedForm(page: string, url: string): HostedForm {
  const text = (value: string | undefined) => (value ?? "").replaceAll("&amp;", "&");
  const hidden = [...page.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([input]) => [
    text(/name="([^"]*)"/.exec(input)?.[1]),
    text(/value="([^"]*)"/.exec(input)?.[1]),
  ]);
  const action = text(/<form[^>]*action="([^"]*)"/.exec(page)?.[1]);
  return { action: new URL(action === "" ? url : action, url), hidden: Object.fromEntries(hidden) };
}
