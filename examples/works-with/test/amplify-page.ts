import { Amplify, type ResourcesConfig } from "aws-amplify";
import { get } from "aws-amplify/api";
import { fetchAuthSession, signIn, signInWithRedirect, signOut } from "aws-amplify/auth";
import { Hub } from "aws-amplify/utils";
// A page that comes back from the sign-in takes the code out of its address.
import "aws-amplify/auth/enable-oauth-listener";

let told: (outcome: unknown) => void;
const redirected = new Promise((resolve) => (told = resolve));
Hub.listen("auth", ({ payload }) => {
  if (payload.event === "signInWithRedirect") told("signed in");
  if (payload.event === "signInWithRedirect_failure") told(String(payload.data.error));
});

Object.assign(globalThis, {
  configure(config: ResourcesConfig) {
    Amplify.configure(config, {
      API: {
        REST: {
          headers: async () => ({
            authorization: `Bearer ${(await fetchAuthSession()).tokens?.accessToken}`,
          }),
        },
      },
    });
  },
  signIn() {
    void signInWithRedirect();
  },
  redirected: () => redirected,
  async call(path: string) {
    try {
      const { statusCode, body } = await get({ apiName: "gate", path }).response;
      return [statusCode, await body.json()];
    } catch (error) {
      return String(error);
    }
  },
  async renew() {
    const before = (await fetchAuthSession()).tokens?.accessToken.toString();
    const after = (await fetchAuthSession({ forceRefresh: true })).tokens?.accessToken.toString();
    return before !== undefined && after !== undefined && before !== after;
  },
  byPassword: (username: string, password: string) => signIn({ username, password }).catch(String),
  signOut() {
    void signOut();
  },
});
