import {
  AdminUserGlobalSignOutCommand,
  type CognitoIdentityProviderClient,
  ListUsersCommand,
  type ListUsersCommandOutput,
} from "@aws-sdk/client-cognito-identity-provider";

/** What Cognito gives at once. */
const usersPerPage = 60;
/**
 * Cognito signs out 25 users a second for an account, its other updates of users included. Five at once can be more than
 * that; then they are throttled, and wait.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html `UserUpdate`
 */
const atOnce = 5;
const everyUsers = 600;
/** 1, 2, 4 … 32 seconds: a minute altogether. */
const maxTries = 7;

export interface SignOutOptions {
  /** @param done so many users, told now and then. */
  readonly onProgress: (done: number) => void;
  /** Resolves after so many milliseconds. */
  readonly wait: (ms: number) => Promise<unknown>;
}

/**
 * Ends every refresh token of every user of a pool. A user who is deleted meanwhile needs none of it; one who is throttled
 * is tried again, for a minute.
 *
 * @returns how many users there were.
 * @throws as the SDK does.
 */
export async function signOutEverybody(
  cognito: CognitoIdentityProviderClient,
  userPoolId: string,
  { onProgress, wait }: SignOutOptions,
): Promise<number> {
  const patiently = async <T>(call: () => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await call();
      } catch (error) {
        const throttled = error instanceof Error && error.name === "TooManyRequestsException";
        if (!throttled || attempt === maxTries) throw error;
        await wait(1000 * 2 ** (attempt - 1));
      }
    }
  };
  const signOut = async (username: string): Promise<void> => {
    const user = { UserPoolId: userPoolId, Username: username };
    try {
      await patiently(() => cognito.send(new AdminUserGlobalSignOutCommand(user)));
    } catch (error) {
      if (!(error instanceof Error && error.name === "UserNotFoundException")) throw error;
    }
  };

  let done = 0;
  let token: string | undefined;
  do {
    const page = { UserPoolId: userPoolId, Limit: usersPerPage, AttributesToGet: ["sub"] };
    const answer: ListUsersCommandOutput = await patiently(() =>
      cognito.send(
        new ListUsersCommand(token === undefined ? page : { ...page, PaginationToken: token }),
      ),
    );
    const names = (answer.Users ?? []).flatMap(({ Username }) => Username ?? []);
    for (let at = 0; at < names.length; at += atOnce)
      await Promise.all(names.slice(at, at + atOnce).map(signOut));
    done += names.length;
    token = answer.PaginationToken;
    if (token !== undefined && done % everyUsers < usersPerPage) onProgress(done);
  } while (token !== undefined);
  return done;
}
