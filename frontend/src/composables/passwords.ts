// Which user names and passwords may be chosen? The server's own rules, told before one asks.

import { MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS } from "../protocol/frames";

const USERNAME = /^[A-Za-z0-9_.-]{5,32}$/;

export function isUsername(text: string): boolean {
  return USERNAME.test(text);
}

export function isPassword(text: string): boolean {
  const chars = [...text].length;
  return chars >= MIN_PASSWORD_CHARS && chars <= MAX_PASSWORD_CHARS;
}
