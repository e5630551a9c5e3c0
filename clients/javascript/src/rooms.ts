// Which rooms does this client hear?

import type { Done, Events, Position, Sent } from "./frames.js";
import { HeardRoom, type RoomListener, type RoomOptions } from "./heardRoom.js";

/** A ping asks about at most this many rooms. */
const MAX_POSITIONS = 50;

/** Every room that is heard, on this line and the next ones. */
export class Rooms {
  readonly #options: RoomOptions;
  readonly #listener: RoomListener;
  readonly #rooms = new Map<string, HeardRoom>();
  #isConnected = false;
  #firstAsked = 0;

  constructor(options: RoomOptions, listener: RoomListener) {
    this.#options = options;
    this.#listener = {
      ...listener,
      onRefused: (roomId, code, message) => {
        this.#rooms.delete(roomId);
        listener.onRefused(roomId, code, message);
      },
    };
  }

  /** Hear a room, from a position or else from a snapshot. */
  join(roomId: string, position?: Position): void {
    this.forget(roomId);
    const room = new HeardRoom(roomId, position, this.#options, this.#listener);
    this.#rooms.set(roomId, room);
    if (this.#isConnected) room.join();
  }

  has(roomId: string): boolean {
    return this.#rooms.has(roomId);
  }

  /** Drop a room: nothing of it is told any more. */
  forget(roomId: string): void {
    this.#rooms.get(roomId)?.close();
    this.#rooms.delete(roomId);
  }

  /** Drop every room. */
  clear(): void {
    for (const roomId of [...this.#rooms.keys()]) this.forget(roomId);
  }

  /** A new line is ready: join every room on it. */
  connected(): void {
    this.#isConnected = true;
    for (const room of [...this.#rooms.values()]) room.join();
  }

  disconnected(): void {
    this.#isConnected = false;
    for (const room of this.#rooms.values()) room.disconnected();
  }

  position(roomId: string): Position | undefined {
    return this.#rooms.get(roomId)?.position;
  }

  /** The positions for a ping; of more than it may ask about, others each time. */
  positions(): Record<string, Position> {
    const known = [...this.#rooms.values()].flatMap((room) =>
      room.position ? [[room.id, room.position] as const] : [],
    );
    if (known.length <= MAX_POSITIONS) return Object.fromEntries(known);
    const first = this.#firstAsked % known.length;
    this.#firstAsked = first + MAX_POSITIONS;
    return Object.fromEntries(
      [...known, ...known].slice(first, first + MAX_POSITIONS),
    );
  }

  receive(frame: Events): void {
    this.#rooms.get(frame.roomId)?.receive(frame);
  }

  /** One's own action was acknowledged: its entry is not pushed to the line that asked. */
  receiveSent({ roomId, epoch, event }: Sent | Done): void {
    this.#rooms.get(roomId)?.receive({ epoch, events: [event], users: {} });
  }

  /** There are entries after the positions: fetch them. */
  catchUp(roomIds: readonly string[]): void {
    for (const roomId of roomIds) void this.#rooms.get(roomId)?.catchUp();
  }

  /** The positions are of another epoch: start the rooms afresh. */
  reset(roomIds: readonly string[]): void {
    for (const roomId of roomIds) {
      const room = this.#rooms.get(roomId);
      if (room?.position) void room.reset();
    }
  }
}
