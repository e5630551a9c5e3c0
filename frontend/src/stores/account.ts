// What can I do with my account? Another password, a way back in, an account at last, or an end.

import { defineStore } from "pinia";

import { useServices } from "./services";
import { useSession } from "./session";

export const useAccount = defineStore("account", () => {
  const { api } = useServices();
  const session = useSession();

  async function changePassword(old: string, next: string): Promise<void> {
    await api.changePassword({ old, new: next });
  }

  /** Keep who I am as a guest, and get a user name and a password. */
  async function becomeAccount(
    username: string,
    password: string,
  ): Promise<void> {
    session.user = (await api.becomeAccount({ username, password })).user;
  }

  /** Make the code that lets me in without my password; an earlier one is dead. */
  async function makeRecoveryCode(): Promise<string> {
    return (await api.makeRecoveryCode()).code;
  }

  /** Be here no more, and leave no name behind. */
  async function erase(): Promise<void> {
    await session.leaveWith(() => api.eraseMe());
  }

  /** Tell everybody something; administrators may. */
  async function announce(text: string): Promise<void> {
    await api.announce(text);
  }

  return { changePassword, becomeAccount, makeRecoveryCode, erase, announce };
});
