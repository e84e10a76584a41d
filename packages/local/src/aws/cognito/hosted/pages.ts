import { createHash } from "node:crypto";

import { escapeHtml, pageStyle, renderPage } from "@sst-gatehouse/blueprint/page";

import { passwordRules } from "../pool/passwords.ts";

/** What the Content-Security-Policy lets in: this one style sheet, by its hash. */
export const formStyleSource = `'sha256-${createHash("sha256").update(pageStyle).digest("base64")}'`;

interface Form {
  /** The sign-in request, as on the wire: the form posts it back, and the links hand it on. */
  readonly query: string;
  readonly csrf: string;
  /** Shown above the form. */
  readonly problem?: string;
}

const aside =
  "This page stands in for Amazon Cognito on your machine. Use a local test account only.";
const mailbox =
  "This page stands in for Amazon Cognito on your machine, which sends no mail: the code is in the terminal of the local stack.";

/**
 * Asks for username and password, with the names of Cognito's classic page, which has the form twice: for small screens and
 * for large ones. Here the first is hidden, as it is there on a large screen.
 */
export function signInPage(form: Form): string {
  const content = `<div hidden>${formOf("/login", { query: form.query, csrf: form.csrf }, "cognitoSignInForm")}
<input name="username" type="text" aria-label="Username" required>
<input name="password" type="password" aria-label="Password" required>
${hidden("cognitoAsfData", "")}
<button type="submit" name="signInSubmitButton" value="Sign in">Sign in</button>
</form></div>
${formOf("/login", form, "cognitoSignInForm")}
${usernameField(form, { id: "signInFormUsername", autofocus: true })}
<label for="signInFormPassword">Password</label>
<input id="signInFormPassword" name="password" type="password" autocomplete="current-password" required${describedBy(form)}>
${hidden("cognitoAsfData", "")}
<button type="submit" name="signInSubmitButton" value="Sign in">Sign in</button>
</form>
${link("/forgotPassword", form, "Forgot your password?")}`;
  return renderPage({ heading: "Sign in", content, aside });
}

/** Asks for a new password after the temporary one. */
export function newPasswordPage(form: Form & { readonly session: string }): string {
  const content = `${formOf("/login", form)}
${hidden("session", form.session)}
<p id="rules">Your password was temporary. ${passwordRules}</p>
${newPasswordFields(form, { autofocus: true })}
<button type="submit">Save and sign in</button>
</form>`;
  return renderPage({ heading: "Choose a new password", content, aside });
}

/** Asks whose password was forgotten. */
export function forgotPasswordPage(form: Form): string {
  const content = `${formOf("/forgotPassword", form)}
<p>We will send a code to the e-mail address of your account. Use it to choose a new password.</p>
${usernameField(form, { autofocus: true })}
<button type="submit">Send a code</button>
</form>
${link("/login", form, "Back to sign in")}`;
  return renderPage({ heading: "Forgot your password?", content, aside: mailbox });
}

/** Asks for the code from the mail and a new password. What it says is the same for a user that does not exist. */
export function resetPasswordPage(
  form: Form & { readonly username?: string; readonly code?: string; readonly sent?: true },
): string {
  const { username = "", code = "", sent } = form;
  const note = sent
    ? `<p role="status">If the account exists, a code was sent to its e-mail address. The code is valid for one hour.</p>\n`
    : "";
  const content = `${note}${formOf("/confirmForgotPassword", form)}
${usernameField(form, { autofocus: username === "", value: username })}
<label for="confirmation_code">Code</label>
<input id="confirmation_code" name="confirmation_code" autocomplete="one-time-code" inputmode="numeric" spellcheck="false" required value="${escapeHtml(code)}"${username === "" ? "" : " autofocus"}${describedBy(form)}>
<p id="rules">${passwordRules}</p>
${newPasswordFields(form, { autofocus: false })}
<button type="submit">Save the new password</button>
</form>
${link("/forgotPassword", form, "Send another code")}
${link("/login", form, "Back to sign in")}`;
  return renderPage({ heading: "Choose a new password", content, aside: mailbox });
}

/** Says what went wrong. `message` is one of the stand-in's own sentences. */
export function errorPage(message: string): string {
  const content = `<p class="problem">${escapeHtml(message)}</p>`;
  return renderPage({ heading: "Something went wrong", content, aside });
}

/** AWS ends some of its messages with a full stop. */
export function asSentence(message: string): string {
  return message.endsWith(".") ? message : `${message}.`;
}

/** A form's beginning, with what went wrong above it. */
function formOf(path: string, { query, csrf, problem }: Form, name?: string): string {
  const note =
    problem === undefined
      ? ""
      : `<p class="problem" id="problem" role="alert">${escapeHtml(problem)}</p>\n`;
  const named = name === undefined ? "" : ` name="${name}"`;
  return `${note}<form method="post"${named} action="${path}?${escapeHtml(query)}">
${hidden("_csrf", csrf)}`;
}

function usernameField(
  form: Form,
  {
    id = "username",
    autofocus,
    value = "",
  }: { readonly id?: string; readonly autofocus: boolean; readonly value?: string },
): string {
  const filled = value === "" ? "" : ` value="${escapeHtml(value)}"`;
  return `<label for="${id}">Username</label>
<input id="${id}" name="username" autocomplete="username" autocapitalize="none" spellcheck="false" required${filled}${autofocus ? " autofocus" : ""}${describedBy(form)}>`;
}

function newPasswordFields(form: Form, { autofocus }: { readonly autofocus: boolean }): string {
  return `<label for="new_password">New password</label>
<input id="new_password" name="new_password" type="password" autocomplete="new-password" required${autofocus ? " autofocus" : ""}${describedBy(form, "rules")}>
<label for="confirm_password">New password again</label>
<input id="confirm_password" name="confirm_password" type="password" autocomplete="new-password" required${describedBy(form)}>`;
}

function describedBy({ problem }: Form, ...others: readonly string[]): string {
  const ids = [...(problem === undefined ? [] : ["problem"]), ...others];
  const described = ids.length > 0 ? ` aria-describedby="${ids.join(" ")}"` : "";
  return problem === undefined ? described : `${described} aria-invalid="true"`;
}

function link(path: string, { query }: Form, text: string): string {
  return `<p><a href="${path}?${escapeHtml(query)}">${text}</a></p>`;
}

function hidden(name: string, value: string): string {
  return `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`;
}
