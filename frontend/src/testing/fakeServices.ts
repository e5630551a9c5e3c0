// What stands in for the server in tests? An API that answers what it is told, and a quiet client.

import type {
  ClientEvents,
  ConnectionState,
  Listener,
  OutboxItem,
} from "@teahouse/client";
import { createPinia } from "pinia";
import { vi } from "vitest";
import { createApp, type App } from "vue";

import { SERVICES, type ChatClient, type Services } from "../stores/services";
import type { ChatApi } from "../transport/chatApi";
import type { KeptPictures } from "../transport/keptPictures";
import type { SendForm } from "../transport/sendForm";

/** A client that says only what a test makes it say, and remembers what it was asked. */
export class FakeClient implements ChatClient {
  state: ConnectionState = "connecting";
  outboxItems: readonly OutboxItem[] = [];
  readonly connect = vi.fn();
  readonly close = vi.fn();
  readonly joinRoom = vi.fn();
  readonly unjoinRoom = vi.fn();
  readonly markRead = vi.fn();
  readonly signalTyping = vi.fn();
  readonly send = vi.fn();
  readonly change = vi.fn();
  readonly retry = vi.fn();
  readonly discard = vi.fn();
  readonly #listeners = new Map<string, ((event: never) => void)[]>();

  on<K extends keyof ClientEvents>(kind: K, listener: Listener<K>): () => void {
    this.#listeners.set(kind, [...(this.#listeners.get(kind) ?? []), listener]);
    return () => {};
  }

  /** Let the listeners of `kind` hear `event`. */
  emit<K extends keyof ClientEvents>(kind: K, event: ClientEvents[K]): void {
    for (const listener of this.#listeners.get(kind) ?? [])
      (listener as Listener<K>)(event);
  }
}

const forgetful: KeptPictures = {
  keep: async () => {},
  drop: async () => {},
  of: async () => [],
};

/** An app whose stores talk to fakes; `api` answers for the calls that a test expects. */
export function fakeApp(
  api: Partial<ChatApi> = {},
  sendForm: SendForm = async () => {},
  keptPictures: KeptPictures = forgetful,
): {
  app: App;
  client: FakeClient;
} {
  const client = new FakeClient();
  const services: Services = {
    api: api as ChatApi,
    sendForm,
    keptPictures,
    makeClient: () => client,
  };
  const app = createApp({ render: () => null });
  app.provide(SERVICES, services).use(createPinia());
  return { app, client };
}
