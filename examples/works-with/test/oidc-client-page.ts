import { UserManager, type UserManagerSettings } from "oidc-client-ts";

const manager = (settings: UserManagerSettings) =>
  // The page goes through the sign-in: what it keeps lies in its storage.
  new UserManager({ automaticSilentRenew: false, ...settings });

Object.assign(globalThis, {
  signIn(settings: UserManagerSettings, to: string) {
    void manager(settings).signinRedirect({ state: { to } });
  },
  async signedIn(settings: UserManagerSettings) {
    const { state, profile } = await manager(settings).signinRedirectCallback();
    return { state, name: profile["cognito:username"] };
  },
  async renew(settings: UserManagerSettings) {
    const before = await manager(settings).getUser();
    const after = await manager(settings).signinSilent();
    return [
      before?.refresh_token === after?.refresh_token,
      before?.access_token === after?.access_token,
    ];
  },
  async call(settings: UserManagerSettings, url: string) {
    const user = await manager(settings).getUser();
    const headers = { authorization: `Bearer ${user?.access_token}` };
    const answer = await fetch(url, { headers });
    const { who, code } = await answer.json();
    return [answer.status, who ?? code];
  },
  // Cognito's own parameters, in place of the standard's.
  signOut(settings: UserManagerSettings, client_id: string, logout_uri: string) {
    void manager(settings).signoutRedirect({ extraQueryParams: { client_id, logout_uri } });
  },
});
