// Who am I? Signed in, signed out, or not known yet.

import { defineStore } from "pinia";
import { ref } from "vue";

import type { User } from "../protocol/frames";
import type { RecoverForm } from "../transport/accountApi";
import type { Language, Session, SignUpForm } from "../transport/chatApi";
import { useConnection } from "./connection";
import { useLastSeen } from "./lastSeen";
import { useMessages } from "./messages";
import { codeOf } from "./refusals";
import { useRooms } from "./rooms";
import { useServices } from "./services";
import { useSettings } from "./settings";

/**
 * unknown --restore()--> signedIn <--signIn, signUp, enterAsGuest-- signedOut
 *    |                      |                                         ^
 *    +--nobody--------------+--signOut(), end()-----------------------+
 *    +--no answer, seen before--> signedIn, with what was seen last
 *    +--no answer--> unreachable --restore()--> ...
 */
export type SessionState = "unknown" | "unreachable" | "signedIn" | "signedOut";

export const useSession = defineStore("session", () => {
  const { api } = useServices();
  const state = ref<SessionState>("unknown");
  const user = ref<User>();
  /** True when the session ended by itself, so that the page can say so. */
  const hasEnded = ref(false);
  let isLeaving = false;

  /** Find out whether the cookie still stands for somebody. */
  async function restore(): Promise<void> {
    try {
      begin((await api.me()).user);
    } catch (error) {
      if (codeOf(error) === "not_signed_in") forget();
      else recall();
    }
  }

  /** Nobody answers: show what was seen last, until the line is up and says who this is. */
  function recall(): void {
    const seen = useLastSeen().recall();
    if (!seen) {
      state.value = "unreachable";
      return;
    }
    begin(seen.user);
    useRooms().recall(seen.rooms);
    useMessages().recall(seen.conversations);
  }

  /** Keep what is shown for when nobody answers. */
  function keepLastSeen(): void {
    if (!user.value) return;
    useLastSeen().keep({
      user: user.value,
      rooms: useRooms().list,
      conversations: useMessages().states(),
    });
  }

  async function signUp(form: Omit<SignUpForm, "language">): Promise<void> {
    const { language } = useSettings();
    begin((await api.signUp({ ...form, language })).user);
  }

  async function signIn(username: string, password: string): Promise<void> {
    begin((await api.signIn({ username, password })).user);
  }

  /** Set a new password by a recovery code, and be in. */
  async function recover(form: RecoverForm): Promise<void> {
    begin((await api.recover(form)).user);
  }

  /** Come in without an account; the server picks a name when none is given. */
  async function enterAsGuest(nickname: string): Promise<void> {
    begin((await api.enterAsGuest(nickname === "" ? {} : { nickname })).user);
  }

  /** Be called something else from now on. */
  async function rename(displayName: string): Promise<void> {
    user.value = (await api.changeProfile({ displayName })).user;
  }

  /** Have a picture of mine as my face; "" takes it away. */
  async function takeAvatar(uploadId: string): Promise<void> {
    user.value = (await api.changeProfile({ avatar: uploadId })).user;
  }

  /** Tell the server which language to speak to me; the page speaks it already. */
  async function tellLanguage(language: Language): Promise<void> {
    if (state.value !== "signedIn") return;
    try {
      await api.changeProfile({ language });
    } catch (error) {
      codeOf(error);
    }
  }

  /** List where I am signed in, the latest first. */
  async function listSessions(): Promise<Session[]> {
    const { sessions } = await api.sessions();
    return sessions.sort((one, other) => other.lastUsedAt - one.lastUsedAt);
  }

  /** Sign out somewhere else. */
  async function endSession(id: string): Promise<void> {
    await api.signOut(id);
  }

  /** Sign out here and everywhere else; refused when the server cannot be told. */
  async function signOutEverywhere(): Promise<void> {
    await leaveWith(() => api.signOut("all"));
  }

  /** Carry out what ends this session too, and be signed out; refused, one stays. */
  async function leaveWith(act: () => Promise<void>): Promise<void> {
    isLeaving = true;
    try {
      await act();
    } finally {
      isLeaving = false;
    }
    useConnection().close();
    forget();
    hasEnded.value = false;
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
    // The socket may hear of it before the call is answered.
    if (isLeaving) return;
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
    useLastSeen().clear();
    user.value = undefined;
    state.value = "signedOut";
  }

  return {
    state,
    user,
    hasEnded,
    restore,
    keepLastSeen,
    signUp,
    signIn,
    recover,
    enterAsGuest,
    rename,
    takeAvatar,
    tellLanguage,
    listSessions,
    endSession,
    signOut,
    signOutEverywhere,
    leaveWith,
    end,
  };
});
