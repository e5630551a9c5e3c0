// Why did a call fail? One code for every way, so that the page can say it in its language.

import { ActionRefused, ApiError } from "@teahouse/client";

/** A picture that is not taken; `code` says why, as a refusal does. */
export class PictureRefused extends Error {
  constructor(readonly code: string) {
    super(`This picture is not taken: ${code}.`);
    this.name = "PictureRefused";
  }
}

/** A room that lets in everybody but those it has banned; the server says `forbidden`. */
export class Banned extends Error {
  readonly code = "banned";

  constructor() {
    super("This room does not let me in.");
    this.name = "Banned";
  }
}

/** A refusal's code, or `unreachable` when no answer came. */
export function codeOf(error: unknown): string {
  if (
    error instanceof ApiError ||
    error instanceof ActionRefused ||
    error instanceof PictureRefused ||
    error instanceof Banned
  )
    return error.code;
  // `fetch` rejects with a TypeError when there is no network and no server.
  if (error instanceof TypeError) return "unreachable";
  throw error;
}

/** Tell whether the same call may be answered later; throws what is a mistake of this page. */
export function mayComeYet(error: unknown): boolean {
  codeOf(error);
  return !(error instanceof ApiError) || error.retryable;
}

/** Tell whether the session has ended: to sign in again is then the one way on. */
export function isSessionOver(code: string | undefined): boolean {
  return code === "not_signed_in";
}

/** The names of the fields that were refused. */
export function refusedFields(error: unknown): readonly string[] {
  return error instanceof ApiError ? Object.keys(error.fields) : [];
}
