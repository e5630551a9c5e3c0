// How does the client stay connected?

import { between, fullJitter } from "./backoff.js";
import {
  PING_S,
  type ClientFrame,
  type Goodbye,
  type Pong,
  type Position,
} from "./frames.js";
import type { ServerFrame, Welcome } from "./frames.js";
import { Line, type AnswerListener } from "./line.js";
import type {
  SessionSeen,
  SocketConstructor,
  Surroundings,
  TimerHandle,
  Timers,
} from "./ports.js";

const SUBPROTOCOL = "teahouse.v1";
const HIDDEN_PING_MS = 4 * 60_000;
/** API Gateway ends every connection after 2 h; ours are replaced before, spread over 20 min. */
const ROTATION_MS = [95 * 60_000, 115 * 60_000] as const;
/** How long the old line may still deliver while the rooms are joined on the new one. */
const RETIRING_MS = 10_000;
/** A connection that lived this long ends a row of failures. */
const STABLE_MS = 10_000;
/** A session that was seen alive so lately has not ended: a handshake fails for another reason. */
const SEEN_MS = 60_000;

/**
 * - `offline`: not started, stopped, or lost while there is no network
 * - `connecting`: a socket is opening, or `welcome` has not come yet
 * - `connected`: after `welcome`
 * - `waiting`: lost; the next try comes by itself
 *
 *     offline --start--> connecting --welcome--> connected
 *                         ^     |                    |
 *              pause over |     | failed             | lost
 *                         +-- waiting <--------------+
 */
export type ConnectionState =
  "offline" | "connecting" | "connected" | "waiting";

export interface ConnectionOptions {
  url: string;
  WebSocket: SocketConstructor;
  timers: Timers;
  clock: () => number;
  random: () => number;
  surroundings: Surroundings;
  sessionSeen: SessionSeen;
  ticket?: (() => Promise<string>) | undefined;
  renewSession?: (() => Promise<boolean>) | undefined;
}

export interface ConnectionListener {
  onState(state: ConnectionState): void;
  /** A new line is ready: join everything on it. */
  onWelcome(welcome: Welcome): void;
  onFrame(frame: ServerFrame): void;
  onPong(pong: Pong): void;
  /** The room positions that the next ping asks about. */
  positions(): Record<string, Position>;
  /** The session has ended; the connection has stopped. */
  onSignedOut(code: string, message: string): void;
  /** The server asked not to come back; the connection has stopped. */
  onStopped(goodbye: Goodbye): void;
}

/** One connection that comes back by itself: several lines, one after the other. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #listener: ConnectionListener;
  #state: ConnectionState = "offline";
  #isRunning = false;
  #line: Line | undefined;
  #opening: Line | undefined;
  #retiring: Line | undefined;
  /** Counts attempts to open, so that an overtaken one notices. */
  #attempt = 0;
  #failures = 0;
  #hasFailed = false;
  #pingMs = PING_S * 1000;
  #isPinging = false;
  #timers: Record<string, TimerHandle> = {};
  #unwatch: (() => void) | undefined;

  constructor(options: ConnectionOptions, listener: ConnectionListener) {
    this.#options = options;
    this.#listener = listener;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Connect, and stay connected until `stop`. */
  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#unwatch = this.#options.surroundings.watch(() => this.#wake());
    void this.#open();
  }

  /** Close everything. */
  stop(): void {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    this.#attempt += 1;
    this.#failures = 0;
    this.#hasFailed = false;
    this.#unwatch?.();
    for (const name of Object.keys(this.#timers)) this.#cancel(name);
    this.#dropLines();
    this.#say("offline");
  }

  /** Ask on the current line; without one the listener hears at once that there is no answer. */
  ask(action: ClientFrame, onAnswer: AnswerListener): void {
    if (this.#line) this.#line.ask(action, onAnswer);
    else onAnswer(undefined);
  }

  /** Send an action that has no answer; false without a line. */
  tell(action: ClientFrame): boolean {
    this.#line?.tell(action);
    return this.#line !== undefined;
  }

  /** Find out now whether the line still carries anything. */
  check(): void {
    if (this.#state === "connected") this.#ping();
  }

  /** Open a line: the first, the next after a loss, or the one that replaces a line in use. */
  async #open(): Promise<void> {
    const attempt = ++this.#attempt;
    if (!this.#line) this.#say("connecting");
    const protocols = [SUBPROTOCOL];
    try {
      if (this.#hasFailed && !(await this.#isSignedIn())) {
        if (attempt === this.#attempt)
          this.#signOut("not_signed_in", "The session has ended.");
        return;
      }
      if (attempt !== this.#attempt) return;
      if (this.#options.ticket)
        protocols.push(`ticket.${await this.#options.ticket()}`);
      if (attempt !== this.#attempt) return;
      this.#opening = this.#newLine(protocols);
    } catch {
      if (attempt === this.#attempt) this.#fail();
    }
  }

  /** Ask, unless the session was seen alive a moment ago, in this tab or in another. */
  async #isSignedIn(): Promise<boolean> {
    const { clock, renewSession, sessionSeen } = this.#options;
    const agoMs = clock() - sessionSeen.read();
    if (!renewSession || (agoMs >= 0 && agoMs < SEEN_MS)) return true;
    sessionSeen.write(clock()); // before the answer: no other tab asks meanwhile
    const isSignedIn = await renewSession();
    if (!isSignedIn) sessionSeen.write(0);
    return isSignedIn;
  }

  /** A session that ends says goodbye on its lines: what answers on one is alive. */
  #seeSession(): void {
    this.#options.sessionSeen.write(this.#options.clock());
  }

  #newLine(protocols: string[]): Line {
    const { url, WebSocket, timers } = this.#options;
    const line: Line = new Line({
      url,
      protocols,
      WebSocket,
      timers,
      onOpen: () =>
        line.ask({ action: "hello" }, (answer) => {
          if (answer?.type === "welcome") this.#adopt(line, answer);
          else if (this.#opening === line) this.#fail();
        }),
      onFrame: (frame) => this.#receive(line, frame),
      onClosed: () => this.#lose(line),
    });
    return line;
  }

  #adopt(line: Line, welcome: Welcome): void {
    if (this.#opening !== line) return;
    this.#opening = undefined;
    this.#retire(this.#line);
    this.#line = line;
    this.#pingMs = welcome.pingS * 1000;
    this.#isPinging = false;
    this.#hasFailed = false;
    this.#seeSession();
    this.#later("stable", STABLE_MS, () => (this.#failures = 0));
    this.#later("rotation", between(...ROTATION_MS, this.#options.random), () =>
      this.#open(),
    );
    this.#schedulePing();
    this.#say("connected");
    this.#listener.onWelcome(welcome);
  }

  #retire(line: Line | undefined): void {
    this.#retiring?.close();
    this.#retiring = line;
    this.#later("retiring", RETIRING_MS, () => {
      this.#retiring?.close();
      this.#retiring = undefined;
    });
  }

  #receive(line: Line, frame: ServerFrame): void {
    if (frame.type === "goodbye" && !frame.reconnect && this.#isNewest(line)) {
      this.stop();
      if (frame.code === "not_signed_in")
        this.#listener.onSignedOut(frame.code, frame.message);
      else this.#listener.onStopped(frame);
      return;
    }
    this.#listener.onFrame(frame);
  }

  /** Opening the next line may make the server close the oldest one: that is no order to stop. */
  #isNewest(line: Line): boolean {
    return line === (this.#opening ?? this.#line);
  }

  #lose(line: Line): void {
    if (line === this.#opening) this.#fail();
    else if (line === this.#retiring) this.#retiring = undefined;
    else if (line === this.#line) {
      this.#line = undefined;
      this.#cancel("ping");
      this.#cancel("rotation");
      this.#cancel("stable");
      // A line that was to replace this one goes on opening and becomes the next one.
      if (this.#opening) this.#say("connecting");
      else this.#wait();
    }
  }

  /** An attempt ended before `welcome`: perhaps the session is over, which a browser cannot see. */
  #fail(): void {
    const line = this.#opening;
    this.#opening = undefined;
    line?.close();
    this.#hasFailed = true;
    this.#wait();
  }

  #wait(): void {
    this.#attempt += 1;
    if (!this.#line)
      this.#say(this.#options.surroundings.isOnline() ? "waiting" : "offline");
    const pauseMs = fullJitter(this.#failures++, this.#options.random);
    this.#later("pause", pauseMs, () => this.#open());
  }

  /** Somebody looks again, or the network is back. */
  #wake(): void {
    if (this.#state === "connected") {
      if (this.#options.surroundings.isVisible()) this.#ping();
      else this.#schedulePing();
    } else if (
      "pause" in this.#timers &&
      this.#options.surroundings.isOnline()
    ) {
      this.#cancel("pause");
      void this.#open();
    }
  }

  #schedulePing(): void {
    const { surroundings } = this.#options;
    this.#later(
      "ping",
      surroundings.isVisible() ? this.#pingMs : HIDDEN_PING_MS,
      () => this.#ping(),
    );
  }

  #ping(): void {
    const line = this.#line;
    if (!line || this.#isPinging) return;
    this.#isPinging = true;
    this.#schedulePing();
    const positions = this.#listener.positions();
    const hasRooms = Object.keys(positions).length > 0;
    line.ask(
      { action: "ping", ...(hasRooms ? { positions } : {}) },
      (answer) => {
        if (line !== this.#line) return;
        this.#isPinging = false;
        if (answer?.type === "pong") {
          this.#seeSession();
          this.#listener.onPong(answer);
        } else if (!answer) {
          line.close();
          this.#lose(line);
        }
      },
    );
  }

  #signOut(code: string, message: string): void {
    this.stop();
    this.#listener.onSignedOut(code, message);
  }

  #dropLines(): void {
    const lines = [this.#line, this.#opening, this.#retiring];
    this.#line = this.#opening = this.#retiring = undefined;
    for (const line of lines) line?.close();
  }

  #say(state: ConnectionState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#listener.onState(state);
  }

  #later(name: string, ms: number, callback: () => void): void {
    this.#cancel(name);
    this.#timers[name] = this.#options.timers.setTimeout(() => {
      delete this.#timers[name];
      callback();
    }, ms);
  }

  #cancel(name: string): void {
    if (!(name in this.#timers)) return;
    this.#options.timers.clearTimeout(this.#timers[name]);
    delete this.#timers[name];
  }
}
