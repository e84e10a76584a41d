import { randomBytes, randomInt, scrypt, timingSafeEqual } from "node:crypto";

import { AwsError } from "../../json-api/json-service.ts";

export interface PasswordHash {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** The pool's password policy, with the members of `DescribeUserPool`. */
export const passwordPolicy = {
  MinimumLength: 8,
  RequireUppercase: true,
  RequireLowercase: true,
  RequireNumbers: true,
  RequireSymbols: true,
  TemporaryPasswordValidityDays: 7,
} as const;

/** The policy in words, for people. */
export const passwordRules =
  "At least 8 characters, with upper case, lower case, a digit and a symbol.";

const maxLength = 256;
const symbols = /[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+\- ]/;

/** @throws {AwsError} InvalidPasswordException, naming the first rule that the password breaks. */
export function requireAcceptablePassword(password: string): void {
  const broken =
    password.length < passwordPolicy.MinimumLength || password.length > maxLength
      ? "Password not long enough"
      : !/[A-Z]/.test(password)
        ? "Password must have uppercase characters"
        : !/[a-z]/.test(password)
          ? "Password must have lowercase characters"
          : !/[0-9]/.test(password)
            ? "Password must have numeric characters"
            : !symbols.test(password.trim())
              ? "Password must have symbol characters"
              : undefined;
  if (broken)
    throw new AwsError(
      "InvalidPasswordException",
      `Password did not conform with policy: ${broken}`,
    );
}

export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = randomBytes(16);
  return { salt, hash: await derive(password, salt) };
}

/** Takes as long for a user that does not exist (`undefined`) as for a wrong password. */
export async function passwordMatches(
  password: string,
  stored: PasswordHash | undefined,
): Promise<boolean> {
  const { salt, hash } = stored ?? { salt: Buffer.alloc(16), hash: Buffer.alloc(hashBytes) };
  const equal = timingSafeEqual(await derive(password, salt), hash);
  return stored !== undefined && equal;
}

/** One that fits the policy, for users whose creator gives none. Cognito would mail it; here nobody ever sees it. */
export function newTemporaryPassword(): string {
  return `${oneOf("ABCDEFGH")}${oneOf("abcdefgh")}${oneOf("23456789")}${oneOf("!@#%&")}${randomBytes(16).toString("base64url")}`;
}

const hashBytes = 32;
/** Little work, 2 ms: what is hashed never leaves this process, and ends with it. */
const cost = { N: 1024 };

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize("NFKC"), salt, hashBytes, cost, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

function oneOf(alphabet: string): string {
  return alphabet.charAt(randomInt(alphabet.length));
}
