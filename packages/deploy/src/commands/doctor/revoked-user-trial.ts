/** What it takes to see somebody signed out. */
export interface RevokedUserTrial {
  /** Makes a user in these groups, and deletes it when `use` is done, however it ends. */
  withUser<T>(groups: readonly string[], use: (user: TrialUser) => Promise<T>): Promise<T>;
  /** Ends the sign-ins of the user, as `users revoke` does. */
  revoke(username: string): Promise<void>;
  /** Resolves after so many milliseconds; rejects from an interruption on. */
  wait(ms: number): Promise<unknown>;
}

export interface TrialUser {
  readonly username: string;
  readonly password: string;
}
