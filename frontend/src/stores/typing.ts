// Who is writing where, and who hears that I am?

import { defineStore } from "pinia";
import { shallowReactive } from "vue";

import {
  endTyping,
  hearTyping,
  stillTyping,
  type Typists,
} from "../model/typists";
import type { ChatClient } from "./services";

/** How often those who fell silent are looked for, while anybody writes. */
const LOOK_MS = 1_000;
const NOBODY: Typists = new Map();

export const useTyping = defineStore("typing", () => {
  const byRoom = shallowReactive(new Map<string, Typists>());
  let client: ChatClient | undefined;
  let looking: ReturnType<typeof setInterval> | undefined;

  function listen(chat: ChatClient): void {
    client = chat;
    chat.on("frame", (frame) => {
      if (frame.type === "typing")
        change(frame.roomId, (typists) =>
          hearTyping(typists, frame.userId, Date.now()),
        );
      if (frame.type === "presence")
        for (const userId of frame.left ?? [])
          change(frame.roomId, (typists) => endTyping(typists, userId));
    });
    chat.on("events", ({ roomId, events }) => {
      for (const { kind, by } of events)
        if (kind === "messageSent")
          change(roomId, (typists) => endTyping(typists, by));
    });
  }

  /** I am writing; called with every key. */
  function signal(roomId: string): void {
    client?.signalTyping(roomId);
  }

  function change(roomId: string, make: (typists: Typists) => Typists): void {
    const before = byRoom.get(roomId) ?? NOBODY;
    const after = make(before);
    if (after === before) return;
    if (after.size > 0) byRoom.set(roomId, after);
    else byRoom.delete(roomId);
    if (byRoom.size > 0) looking ??= setInterval(look, LOOK_MS);
    else stopLooking();
  }

  function look(): void {
    for (const roomId of [...byRoom.keys()])
      change(roomId, (typists) => stillTyping(typists, Date.now()));
  }

  function stopLooking(): void {
    clearInterval(looking);
    looking = undefined;
  }

  function forget(): void {
    client = undefined;
    byRoom.clear();
    stopLooking();
  }

  return { byRoom, listen, signal, forget };
});
