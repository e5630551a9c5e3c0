// Who am I? Signed in, signed out, or not known yet.

import { defineStore } from "pinia";
import { ref } from "vue";

import type { User } from "../protocol/frames";
import type { SignUpForm } from "../transport/chatApi";
import { useConnection } from "./connection";
import { codeOf } from "./refusals";
import { useServices } from "./services";
import { useSettings } from "./settings";

/**
 * unknown --restore()--> signedIn <--signIn, signUp, enterAsGuest-- signedOut
 *    |                      |                                         ^
 *    +--nobody--------------+--signOut(), end()-----------------------+
 *    +--no answer--> unreachable --restore()--> ...
 */
export type SessionState = "unknown" | "unreachable" | "signedIn" | "signedOut";

export const useSession = defineStore("session", () => {
  const { api } = useServices();
  const state = ref<SessionState>("unknown");
  const user = ref<User>();
  /** True when the session ended by itself, so that the page can say so. */
  const hasEnded = ref(false);

  /** Find out whether the cookie still stands for somebody. */
  async function restore(): Promise<void> {
    try {
      begin((await api.me()).user);
    } catch (error) {
      const code = codeOf(error);
      state.value = code === "not_signed_in" ? "signedOut" : "unreachable";
    }
  }

  async function signUp(form: Omit<SignUpForm, "language">): Promise<void> {
    const { language } = useSettings();
    begin((await api.signUp({ ...form, language })).user);
  }

  async function signIn(username: string, password: string): Promise<void> {
    begin((await api.signIn({ username, password })).user);
  }

  /** Come in without an account; the server picks a name when none is given. */
  async function enterAsGuest(nickname: string): Promise<void> {
    begin((await api.enterAsGuest(nickname === "" ? {} : { nickname })).user);
  }

  /** Leave; the page is signed out even when the server cannot be told. */
  async function signOut(): Promise<void> {
    useConnection().close();
    try {
      await api.signOut();
    } catch (error) {
      codeOf(error);
    }
    forget();
    hasEnded.value = false;
  }

  /** The session ended elsewhere. */
  function end(): void {
    useConnection().close();
    forget();
    hasEnded.value = true;
  }

  function begin(me: User): void {
    user.value = me;
    state.value = "signedIn";
    hasEnded.value = false;
    useConnection().open(me);
  }

  function forget(): void {
    user.value = undefined;
    state.value = "signedOut";
  }

  return {
    state,
    user,
    hasEnded,
    restore,
    signUp,
    signIn,
    enterAsGuest,
    signOut,
    end,
  };
});
