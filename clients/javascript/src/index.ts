// What does the package offer?

export * from "./client.js";
export * from "./frames.js";
export * from "./outbox.js";
export * from "./ports.js";
export * from "./text.js";
