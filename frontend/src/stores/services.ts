// What do the stores need of the world? Handed in once by `main.ts`, or by a test.

import type { TeahouseClient } from "@teahouse/client";
import { inject, type InjectionKey } from "vue";

import type { User } from "../protocol/frames";
import type { ChatApi } from "../transport/chatApi";
import type { KeptPictures } from "../transport/keptPictures";
import type { SendForm } from "../transport/sendForm";

/** The part of the socket client that the page uses. */
export type ChatClient = Pick<
  TeahouseClient,
  | "state"
  | "outboxItems"
  | "connect"
  | "close"
  | "on"
  | "joinRoom"
  | "unjoinRoom"
  | "markRead"
  | "signalTyping"
  | "send"
  | "change"
  | "retry"
  | "discard"
>;

export interface Services {
  api: ChatApi;
  sendForm: SendForm;
  keptPictures: KeptPictures;
  /** Make the client of this person, with the outbox of this person; not connected yet. */
  makeClient: (user: User) => ChatClient;
}

export const SERVICES: InjectionKey<Services> = Symbol("services");

/** Find the services; only while a store or component is set up. */
export function useServices(): Services {
  const services = inject(SERVICES);
  if (!services) throw new Error("No services were provided to the app.");
  return services;
}
