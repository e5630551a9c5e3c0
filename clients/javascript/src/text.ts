// May this text be sent? The server's limits, told before anything travels.

import { MAX_TEXT_BYTES, MAX_TEXT_CHARS } from "./frames.js";

export type TextProblem = "empty" | "too_many_characters" | "too_many_bytes";

/** A text that the server would refuse; nothing was sent. */
export class TextRefused extends Error {
  constructor(readonly problem: TextProblem) {
    super(`This text cannot be sent: ${problem}.`);
    this.name = "TextRefused";
  }
}

/** Something that shows: not space, not control, not format, not a lone mark. */
const VISIBLE = /[^\s\p{Cc}\p{Cf}\p{Zs}\p{Mn}\p{Me}]/u;

/** Tell what is wrong with a trimmed text, if anything; beside pictures there need not be any. */
export function textProblem(
  text: string,
  { mayBeEmpty = false } = {},
): TextProblem | undefined {
  if (!VISIBLE.test(text) && !(mayBeEmpty && text === "")) return "empty";
  if (codePoints(text) > MAX_TEXT_CHARS) return "too_many_characters";
  if (jsonBytes(text) > MAX_TEXT_BYTES) return "too_many_bytes";
  return undefined;
}

/** Count as the server does: an emoji outside the first plane is one, a family of four is seven. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Measure a value as it travels. */
export function jsonBytes(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}
