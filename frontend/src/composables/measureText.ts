/** How much more may be written? The server's two limits, told as one number of characters. */

import { codePoints, jsonBytes, textProblem } from "@teahouse/client";

import { MAX_TEXT_BYTES, MAX_TEXT_CHARS } from "../protocol/frames";

/** A character takes at most this many bytes as JSON: a control character is `\u0000`. */
const MOST_BYTES_A_CHAR = 6;

export interface MeasuredText {
  /** Negative when the text is too long. */
  leftChars: number;
  isSendable: boolean;
}

/** Measure a text as it would be sent, without the space around it. */
export function measureText(draft: string): MeasuredText {
  const text = draft.trim();
  const chars = codePoints(text);
  return {
    leftChars: Math.min(MAX_TEXT_CHARS - chars, leftByBytes(text, chars)),
    isSendable: textProblem(text) === undefined,
  };
}

/** Chinese meets the limit of bytes first, at about 5,400 characters. */
function leftByBytes(text: string, chars: number): number {
  if (chars * MOST_BYTES_A_CHAR < MAX_TEXT_BYTES) return Infinity;
  const left = MAX_TEXT_BYTES - jsonBytes(text);
  return Math.floor(left / (jsonBytes(text) / chars));
}
