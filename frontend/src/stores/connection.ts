// Is the line up, and who hears what comes over it? Owns the client of the person signed in.

import type { ConnectionState } from "@teahouse/client";
import { defineStore } from "pinia";
import { ref, shallowRef } from "vue";

import type { User } from "../protocol/frames";
import { useMembers } from "./members";
import { useMessages } from "./messages";
import { useNotifications } from "./notifications";
import { usePeople } from "./people";
import { usePictures } from "./pictures";
import { useRooms } from "./rooms";
import { useServices, type ChatClient } from "./services";
import { useSession } from "./session";
import { useTyping } from "./typing";

export const useConnection = defineStore("connection", () => {
  const { makeClient } = useServices();
  const client = shallowRef<ChatClient>();
  const state = ref<ConnectionState>("connecting");
  /** Why the server asked this page not to come back, until it does. */
  const stopped = ref<string>();

  /** Connect as `user`, and let the stores hear. */
  function open(user: User): void {
    close();
    const opened = makeClient(user);
    client.value = opened;
    state.value = "connecting";
    opened.on("state", (change) => {
      state.value = change.state;
      if (change.state !== "offline") stopped.value = undefined;
    });
    opened.on("stopped", ({ code }) => (stopped.value = code));
    opened.on("signedOut", () => useSession().end());
    useRooms().listen(opened);
    useMessages().listen(opened);
    useMembers().listen(opened);
    useTyping().listen(opened);
    useNotifications().listen(opened);
    opened.connect();
  }

  /** Go on here although the server asked to rest; it closes the page that waited longest. */
  function resume(): void {
    client.value?.connect();
  }

  /** Hang up, and forget what was heard. */
  function close(): void {
    client.value?.close();
    client.value = undefined;
    stopped.value = undefined;
    useRooms().forget();
    useMessages().forget();
    useMembers().forget();
    useTyping().forget();
    useNotifications().forget();
    usePeople().forget();
    usePictures().forget();
  }

  return { client, state, stopped, open, resume, close };
});
