// How is something changed that was said? Asked until it is answered, and done once.
//
//     asked --done------------------------------> made
//       |---refused for good--------------------> refused
//       +---refused for now, or no answer--wait-> asked again, with the same operation id
//                                  the last try -> refused

import { fullJitter } from "./backoff.js";
import type {
  ClientFrame,
  DeleteMessage,
  EditMessage,
  React,
  RefusalCode,
} from "./frames.js";
import type { Answer, AnswerListener } from "./line.js";
import type { Timers } from "./ports.js";

/** What somebody wants of a message. */
export type MessageChange =
  | Pick<EditMessage, "action" | "roomId" | "seq" | "version" | "text">
  | Pick<DeleteMessage, "action" | "roomId" | "seq">
  | Pick<React, "action" | "roomId" | "seq" | "emoji" | "on">;

/** An action was not carried out, or after some tries nobody knows: `unreachable`. */
export class ActionRefused extends Error {
  constructor(
    readonly code: RefusalCode | "unreachable",
    message: string,
  ) {
    super(message);
    this.name = "ActionRefused";
  }
}

/** How often a change is asked for; somebody waits for it. */
export const CHANGE_TRIES = 5;

export interface ChangesOptions {
  ask: (action: ClientFrame, onAnswer: AnswerListener) => void;
  newId: () => string;
  timers: Timers;
  random: () => number;
}

/** The changes that are on their way. */
export class Changes {
  constructor(private readonly options: ChangesOptions) {}

  /**
   * Make a change; resolves once it is made.
   *
   * @throws ActionRefused when it cannot be, or when no answer came.
   */
  make(change: MessageChange): Promise<void> {
    const action = { ...change, operationId: this.options.newId() };
    return new Promise((resolve, reject) =>
      this.#try(action, 1, resolve, reject),
    );
  }

  #try(
    action: ClientFrame,
    tries: number,
    resolve: () => void,
    reject: (refused: ActionRefused) => void,
  ): void {
    this.options.ask(action, (answer) => {
      if (answer?.type === "done") return resolve();
      if (tries >= CHANGE_TRIES || isFinal(answer))
        return reject(refusalOf(answer));
      this.options.timers.setTimeout(
        () => this.#try(action, tries + 1, resolve, reject),
        fullJitter(tries, this.options.random),
      );
    });
  }
}

function isFinal(answer: Answer): boolean {
  return answer?.type === "refused" && !answer.retryable;
}

function refusalOf(answer: Answer): ActionRefused {
  return answer?.type === "refused"
    ? new ActionRefused(answer.code, answer.message)
    : new ActionRefused("unreachable", "No answer came.");
}
