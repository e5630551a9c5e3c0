// What does a socket look like that a test holds at the other end?

import type { SocketLike } from "../src/ports.js";

/** A socket whose life is in the test's hands. */
export class FakeSocket implements SocketLike {
  onopen: SocketLike["onopen"] = null;
  onmessage: SocketLike["onmessage"] = null;
  onclose: SocketLike["onclose"] = null;
  onerror: SocketLike["onerror"] = null;
  isOpen = false;
  isClosed = false;
  /** The rooms that the server would push to this socket. */
  readonly roomIds = new Set<string>();
  onSent: (text: string) => void = () => {};

  constructor(
    readonly userId: string,
    readonly url: string,
    readonly protocols: string[],
  ) {}

  /** The handshake succeeds. */
  open(): void {
    if (this.isClosed) return;
    this.isOpen = true;
    this.onopen?.(undefined as never);
  }

  /** The server's frame arrives, unless nobody is there. */
  deliver(text: string): void {
    if (this.isOpen) this.onmessage?.({ data: text });
  }

  /** The line breaks, seen from the client. */
  breakOff(): void {
    if (this.isClosed) return;
    this.#end();
    this.onclose?.(undefined as never);
  }

  /** The line dies without a word: nothing arrives any more, at either end. */
  goDead(): void {
    this.onSent = () => {};
    this.deliver = () => {};
    this.roomIds.clear();
  }

  send(data: string): void {
    if (!this.isOpen) throw new Error("The socket is not open.");
    this.onSent(data);
  }

  close(): void {
    this.#end();
  }

  #end(): void {
    this.isOpen = false;
    this.isClosed = true;
    this.roomIds.clear();
  }
}
