import type { Problem } from "./sign-in-error.ts";

/** What a page says of a refusal: to a person who has clicked, not to who has written the request. */
export interface Words {
  readonly heading: string;
  readonly sentences: readonly string[];
}

const damagedLink: Words = {
  heading: "This link does not work",
  sentences: [
    "Part of its address cannot be read. Often a % stands alone in it, a letter with an accent was not copied well, or it was cut off.",
    "Check the address, or ask for the link again where you got it from.",
  ],
};

/** In the place of a sentence that only helps who writes programs. */
const words: Readonly<Partial<Record<Problem["code"], Words>>> = {
  path_malformed: damagedLink,
  path_ambiguous: damagedLink,
  query_malformed: damagedLink,
  body_hash_required: {
    heading: "Too large to send",
    sentences: [
      "This form was not sent: it is larger than 1 MB, files included.",
      "Go back, and choose a smaller file.",
    ],
  },
  body_too_large: {
    heading: "Too large to send",
    sentences: [
      "This form was not sent: it is larger than 4.5 MB, files included.",
      "Go back, and choose a smaller file.",
    ],
  },
  token_missing: {
    heading: "Please sign in",
    sentences: ["This page is for people who have signed in."],
  },
  token_expired: {
    heading: "Please sign in",
    sentences: ["Your session has ended."],
  },
  method_not_allowed: {
    heading: "This did not work",
    sentences: ["This address cannot be used in this way. What you sent was not carried out."],
  },
};

/** The page's words for a refusal; the code below them is for who is asked for help. */
export function wordsFor({ status, code, detail }: Problem): Words {
  return words[code] ?? { heading: headingOf(status), sentences: [detail] };
}

function headingOf(status: number): string {
  switch (status) {
    case 401:
      return "Please sign in";
    case 403:
      return "You may not open this";
    case 404:
      return "There is nothing here";
    case 431:
      return "Too large to send";
    case 503:
      return "Not available right now";
    default:
      return status < 500 ? "This did not work" : "Something went wrong";
  }
}
