// What happens on one socket? It opens, asks, is answered, and is gone for good.

import { decodeFrame } from "./decode.js";
import type { ClientFrame, ServerFrame } from "./frames.js";
import type {
  SocketConstructor,
  SocketLike,
  TimerHandle,
  Timers,
} from "./ports.js";

/** After this time without an answer the outcome of an action is unknown. */
export const ANSWER_MS = 10_000;
/** How long a socket may take to open. */
export const OPENING_MS = 15_000;

/** The frame that answers; undefined: none came in time, or the line broke. */
export type Answer = ServerFrame | undefined;
export type AnswerListener = (answer: Answer) => void;

export interface LineOptions {
  url: string;
  protocols: string[];
  WebSocket: SocketConstructor;
  timers: Timers;
  onOpen: () => void;
  onFrame: (frame: ServerFrame) => void;
  /** Called once, unless `close` came first. */
  onClosed: () => void;
}

interface Question {
  onAnswer: AnswerListener;
  timer: TimerHandle;
}

/** One socket. Events that come late, after it was given up, are ignored. */
export class Line {
  readonly #options: LineOptions;
  readonly #socket: SocketLike;
  readonly #questions = new Map<string, Question>();
  readonly #openingTimer: TimerHandle;
  #asked = 0;
  #isGone = false;

  /** Open a socket. Throws what the constructor throws. */
  constructor(options: LineOptions) {
    this.#options = options;
    this.#socket = new options.WebSocket(options.url, options.protocols);
    this.#openingTimer = options.timers.setTimeout(
      () => this.#lose(),
      OPENING_MS,
    );
    this.#socket.onopen = () => {
      if (this.#isGone) return;
      options.timers.clearTimeout(this.#openingTimer);
      options.onOpen();
    };
    this.#socket.onmessage = ({ data }: { data: unknown }) =>
      this.#receive(data);
    this.#socket.onclose = () => this.#lose();
    this.#socket.onerror = () => this.#lose();
  }

  /** Send an action; the listener is called exactly once. */
  ask(action: ClientFrame, onAnswer: AnswerListener): void {
    if (this.#isGone) return onAnswer(undefined);
    const id = `${++this.#asked}`;
    const timer = this.#options.timers.setTimeout(
      () => this.#answer(id, undefined),
      ANSWER_MS,
    );
    this.#questions.set(id, { onAnswer, timer });
    this.#write({ ...action, id });
  }

  /** Send an action that has no answer. */
  tell(action: ClientFrame): void {
    if (!this.#isGone) this.#write(action);
  }

  /** Give the line up: questions end without an answer, `onClosed` is not called. */
  close(): void {
    this.#shut();
    this.#endQuestions();
  }

  #lose(): void {
    if (this.#isGone) return;
    this.#shut();
    this.#options.onClosed();
    this.#endQuestions();
  }

  #shut(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#options.timers.clearTimeout(this.#openingTimer);
    this.#socket.onopen = this.#socket.onmessage = null;
    this.#socket.onclose = this.#socket.onerror = null;
    try {
      this.#socket.close(1000);
    } catch {
      // Some sockets throw when they close before they have opened; it is gone either way.
    }
  }

  #endQuestions(): void {
    for (const id of [...this.#questions.keys()]) this.#answer(id, undefined);
  }

  #receive(data: unknown): void {
    if (this.#isGone) return;
    const frame = readable(data);
    if (!frame) return;
    this.#options.onFrame(frame);
    if ("re" in frame && frame.re !== undefined) this.#answer(frame.re, frame);
  }

  #answer(id: string, answer: Answer): void {
    const question = this.#questions.get(id);
    if (!question) return;
    this.#questions.delete(id);
    this.#options.timers.clearTimeout(question.timer);
    question.onAnswer(answer);
  }

  #write(action: ClientFrame): void {
    try {
      this.#socket.send(JSON.stringify(action));
    } catch {
      // A socket that is closing throws or drops; the question times out, or `onclose` comes first.
    }
  }
}

/** A frame that cannot be read is as good as lost: the keep-alive heals what it held. */
function readable(data: unknown): ServerFrame | undefined {
  try {
    return decodeFrame(data);
  } catch {
    return undefined;
  }
}
