// What does the package offer?

export { fullJitter, type Backoff } from "./backoff.js";
export { ActionRefused, type MessageChange } from "./changes.js";
export { TeahouseClient, type SendExtra } from "./client.js";
export type { ClientEvents, Listener } from "./clientEvents.js";
export type { ClientOptions } from "./clientOptions.js";
export type { ConnectionState } from "./connection.js";
export { DecodeError, decodeFrame } from "./decode.js";
export * from "./frames.js";
export {
  IndexedDbOutbox,
  type IndexedDbOutboxOptions,
} from "./indexedDbOutbox.js";
export { MemoryOutbox } from "./memoryOutbox.js";
export type {
  OutboxFailure,
  OutboxItem,
  OutboxState,
  OutboxStorage,
} from "./outbox.js";
export * from "./ports.js";
export { ApiError, pagesApi, RestClient } from "./rest.js";
export type { Query, RestCall, RestOptions } from "./rest.js";
export { tabsSessionSeen } from "./sessionSeen.js";
export {
  codePoints,
  jsonBytes,
  TextRefused,
  textProblem,
  type TextProblem,
} from "./text.js";
