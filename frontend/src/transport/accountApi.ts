// What can be asked about my own account?

import type { RestClient } from "@teahouse/client";

import type { User } from "../protocol/frames";
import type { Language, SignedIn } from "./chatApi";

export interface RecoverForm {
  username: string;
  /** The recovery code that was shown once. */
  code: string;
  password: string;
}

/** `signedOut` asks where nobody is signed in yet. */
export function accountApi(rest: RestClient, signedOut: RestClient) {
  return {
    changeProfile: (form: {
      displayName?: string;
      language?: Language;
      avatar?: string;
    }) => rest.call<{ user: User }>("PATCH", "/api/me", { body: form }),
    /** Another old password is `forbidden`. */
    changePassword: (password: { old: string; new: string }) =>
      rest.call<{ user: User }>("PATCH", "/api/me", { body: { password } }),
    /** A guest gets a user name and a password, and stays who they are. */
    becomeAccount: (form: { username: string; password: string }) =>
      rest.call<{ user: User }>("PATCH", "/api/me", { body: form }),
    /** A code that is shown this once; an earlier one is dead. */
    makeRecoveryCode: () =>
      rest.call<{ code: string }>("POST", "/api/me/recovery", { body: {} }),
    recover: (form: RecoverForm) =>
      signedOut.call<SignedIn>("POST", "/api/recoveries", { body: form }),
    eraseMe: () => rest.call<void>("DELETE", "/api/me"),
  };
}
