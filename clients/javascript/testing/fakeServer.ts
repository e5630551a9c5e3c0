// What does a server do that keeps to the contract, and a network that does not?

import type {
  ClientFrame,
  JoinRoom,
  Message,
  MessageSent,
  Ping,
  Position,
  RefusalCode,
  Room,
  RoomEvent,
  SendMessage,
  User,
} from "../src/frames.js";
import type {
  EventsPage,
  MessagesPage,
  PagesApi,
  SocketConstructor,
} from "../src/ports.js";
import { ApiError } from "../src/rest.js";
import { FakeSocket } from "./fakeSocket.js";
import type { FakeTime } from "./fakeTime.js";

/** Beyond so many entries after its position a send is refused, as by the real server. */
const MAX_RUN = 500;
const PAGE = 200;

/** Probabilities from 0 to 1, drawn for every frame or call. */
export interface Faults {
  refuseHandshake: number;
  loseFrame: number;
  repeatFrame: number;
  delayFrame: number;
  dropLine: number;
  busyBefore: number;
  failAfter: number;
  failPage: number;
}

export const NO_FAULTS: Faults = {
  refuseHandshake: 0,
  loseFrame: 0,
  repeatFrame: 0,
  delayFrame: 0,
  dropLine: 0,
  busyBefore: 0,
  failAfter: 0,
  failPage: 0,
};

export interface FakeRoom {
  id: string;
  epoch: string;
  firstSeq: number;
  /** Slot n is at n - 1. */
  log: RoomEvent[];
}

/** Rooms in memory, with the contract's answers; everybody is a member of every room. */
export class FakeServer {
  readonly rooms = new Map<string, FakeRoom>();
  readonly sockets: FakeSocket[] = [];
  /** Every action that arrived, oldest first. */
  readonly received: ClientFrame[] = [];
  /** Every page that was asked for. */
  readonly pages: string[] = [];
  faults: Faults = NO_FAULTS;
  latencyMs = 5;
  /** Answers instead of the server, once for each entry, oldest first. */
  readonly refusals: {
    action: ClientFrame["action"];
    code: RefusalCode;
    retryable: boolean;
  }[] = [];

  constructor(
    readonly time: FakeTime,
    readonly random: () => number,
  ) {}

  addRoom(id: string): FakeRoom {
    const room: FakeRoom = { id, epoch: "e1", firstSeq: 1, log: [] };
    this.rooms.set(id, room);
    this.#append(room, {
      kind: "roomOpened",
      name: id,
      seq: 0,
      by: "ann",
      at: 0,
    });
    return room;
  }

  room(id: string): FakeRoom {
    const room = this.rooms.get(id);
    if (!room) throw new Error(`no room ${id}`);
    return room;
  }

  /** Somebody speaks who is not under test. */
  say(roomId: string, by: string, text: string): MessageSent {
    const clientMessageId = `${by}-said-${this.room(roomId).log.length}-and-nobody-else`;
    return this.#say(this.room(roomId), by, { text, clientMessageId });
  }

  /** The texts of a room, in order. */
  texts(roomId: string): string[] {
    return messagesOf(this.room(roomId)).map((message) => message.text);
  }

  /** The open socket of somebody, the newest if there are several. */
  line(userId: string): FakeSocket {
    const line = this.sockets.findLast(
      (socket) => socket.userId === userId && socket.isOpen,
    );
    if (!line) throw new Error(`${userId} is not connected`);
    return line;
  }

  openLines(userId: string): FakeSocket[] {
    return this.sockets.filter(
      (socket) => socket.userId === userId && socket.isOpen,
    );
  }

  /** The socket class that one person connects with. */
  socketOf(userId: string): SocketConstructor {
    const connect = (socket: FakeSocket) => this.#connect(socket);
    return class extends FakeSocket {
      constructor(url: string, protocols: string[]) {
        super(userId, url, protocols);
        connect(this);
      }
    };
  }

  /** The REST pages, as one person asks for them. */
  get api(): PagesApi {
    return {
      events: (roomId, { after, limit }) =>
        this.#page(`events ${roomId} ${after}`, () =>
          this.#events(roomId, after, limit),
        ),
      messages: (roomId, { limit }) =>
        this.#page(`messages ${roomId}`, () => this.#messages(roomId, limit)),
    };
  }

  #connect(socket: FakeSocket): void {
    this.sockets.push(socket);
    socket.onSent = (text) =>
      this.#later(() => this.#receive(socket, JSON.parse(text)));
    this.#later(() => {
      if (this.#draws("refuseHandshake")) socket.breakOff();
      else socket.open();
    });
  }

  #receive(socket: FakeSocket, action: ClientFrame): void {
    if (!socket.isOpen || this.#draws("loseFrame")) return;
    if (this.#draws("dropLine")) return socket.breakOff();
    this.received.push(action);
    const refusal = this.refusals.find((each) => each.action === action.action);
    if (refusal) {
      this.refusals.splice(this.refusals.indexOf(refusal), 1);
      return this.#refuse(socket, action, refusal.code, refusal.retryable);
    }
    this.#answer(socket, action);
    if (this.#draws("dropLine")) socket.breakOff();
  }

  #answer(socket: FakeSocket, action: ClientFrame): void {
    switch (action.action) {
      case "hello":
        return this.#welcome(socket, action.id);
      case "joinRoom":
        return this.#join(socket, action);
      case "unjoinRoom":
        socket.roomIds.delete(action.roomId);
        return this.#send(socket, {
          type: "unjoined",
          re: action.id,
          roomId: action.roomId,
        });
      case "sendMessage":
        return this.#take(socket, action);
      case "ping":
        return this.#pong(socket, action);
      default:
    }
  }

  #welcome(socket: FakeSocket, re: string | undefined): void {
    const now = this.time.now;
    const user = fakeUser(socket.userId);
    const head = {
      type: "welcome",
      re,
      user,
      now,
      pingS: 30,
      unreadNotifications: 0,
      serverVersion: "fake",
    };
    this.#send(socket, {
      ...head,
      rooms: [...this.rooms.values()].map(listed),
      more: false,
    });
  }

  #join(socket: FakeSocket, { id: re, roomId, position }: JoinRoom): void {
    const room = this.rooms.get(roomId);
    if (!room)
      return this.#refuse(
        socket,
        { action: "joinRoom", id: re ?? "", roomId },
        "not_a_member",
        false,
      );
    socket.roomIds.add(roomId);
    const isSame = position?.epoch === room.epoch;
    if (position && isSame && !this.#holds(room, position)) {
      return this.#refuse(
        socket,
        { action: "joinRoom", id: re ?? "", roomId },
        "stale_position",
        true,
      );
    }
    const missed = position && isSame ? room.log.slice(position.seq) : [];
    this.#send(socket, {
      type: "joined",
      re,
      roomId,
      epoch: room.epoch,
      firstSeq: room.firstSeq,
      head: room.log.length,
      events: missed.slice(0, PAGE),
      users: usersOf(missed.slice(0, PAGE)),
      more: missed.length > PAGE,
      online: [socket.userId],
      ...(position && !isSame ? { reset: true } : {}),
    });
  }

  /** The server's append: the run from the position on decides. */
  #take(socket: FakeSocket, action: SendMessage): void {
    const room = this.rooms.get(action.roomId);
    if (!room) return this.#refuse(socket, action, "not_a_member", false);
    if (this.#draws("busyBefore"))
      return this.#refuse(socket, action, "busy", true);
    const { position, clientMessageId } = action;
    const isProven =
      position.epoch === room.epoch && this.#holds(room, position);
    const run = isProven ? room.log.slice(position.seq - 1) : [];
    const said = run.find(
      (event) =>
        event.kind === "messageSent" &&
        event.by === socket.userId &&
        event.clientMessageId === clientMessageId,
    );
    if (!said && (!isProven || run.length > MAX_RUN)) {
      return this.#refuse(socket, action, "stale_position", true);
    }
    const event = said ?? this.#say(room, socket.userId, action, socket);
    if (this.#draws("failAfter"))
      return this.#refuse(socket, action, "internal_error", true);
    this.#send(socket, {
      type: "sent",
      re: action.id,
      roomId: room.id,
      clientMessageId,
      epoch: room.epoch,
      seq: event.seq,
      event,
      ...(said ? { duplicate: true } : {}),
    });
  }

  #say(
    room: FakeRoom,
    by: string,
    {
      text,
      clientMessageId,
      replyTo,
    }: Pick<SendMessage, "text" | "clientMessageId" | "replyTo">,
    except?: FakeSocket,
  ): MessageSent {
    const event: MessageSent = {
      kind: "messageSent",
      seq: 0,
      by,
      at: this.time.now,
      text,
      clientMessageId,
      number: messagesOf(room).length + 1,
      attachments: [],
      ...(replyTo === undefined ? {} : { replyTo }),
    };
    return this.#append(room, event, except);
  }

  #append<E extends RoomEvent>(
    room: FakeRoom,
    event: E,
    except?: FakeSocket,
  ): E {
    event.seq = room.log.length + 1;
    room.log.push(event);
    const frame = {
      type: "events",
      roomId: room.id,
      epoch: room.epoch,
      events: [event],
      users: usersOf([event]),
    };
    for (const socket of this.sockets) {
      if (socket !== except && socket.roomIds.has(room.id))
        this.#send(socket, frame);
    }
    return event;
  }

  #pong(socket: FakeSocket, { id: re, positions = {} }: Ping): void {
    const rooms = Object.entries(positions).flatMap(([roomId, position]) => {
      const room = this.rooms.get(roomId);
      return room ? [{ room, position }] : [];
    });
    const isReset = (each: { room: FakeRoom; position: Position }) =>
      each.room.epoch !== each.position.epoch;
    const behind = rooms.filter(
      (each) => !isReset(each) && each.room.log.length > each.position.seq,
    );
    this.#send(socket, {
      type: "pong",
      re,
      behind: behind.map(({ room }) => room.id),
      reset: rooms.filter(isReset).map(({ room }) => room.id),
    });
  }

  #refuse(
    socket: FakeSocket,
    action: ClientFrame,
    code: RefusalCode,
    retryable: boolean,
  ): void {
    const re = action.id;
    this.#send(socket, {
      type: "refused",
      re,
      code,
      message: `It is ${code}.`,
      retryable,
    });
  }

  #holds(room: FakeRoom, { seq }: Position): boolean {
    return seq >= room.firstSeq && seq <= room.log.length;
  }

  #send(socket: FakeSocket, frame: object): void {
    const text = JSON.stringify(frame);
    const times = this.#draws("repeatFrame") ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      if (this.#draws("loseFrame")) continue;
      const delayMs = this.#draws("delayFrame") ? this.random() * 3_000 : 0;
      this.time.setTimeout(
        () => socket.deliver(text),
        this.latencyMs + delayMs,
      );
    }
  }

  async #page<T>(name: string, read: () => T): Promise<T> {
    this.pages.push(name);
    await new Promise<void>((resolve) => this.#later(resolve));
    if (this.#draws("failPage")) throw new TypeError("fetch failed");
    const page = structuredClone(read());
    await new Promise<void>((resolve) => this.#later(resolve));
    return page;
  }

  #events(roomId: string, after: number, limit: number): EventsPage {
    const { epoch, firstSeq, log } = this.#visible(roomId);
    const events = log.slice(Math.max(after, firstSeq - 1)).slice(0, limit);
    return {
      epoch,
      firstSeq,
      head: log.length,
      events,
      users: usersOf(events),
    };
  }

  #messages(roomId: string, limit: number): MessagesPage {
    const room = this.#visible(roomId);
    const isKept = ({ seq }: Message) => seq >= room.firstSeq;
    const messages = messagesOf(room).filter(isKept).slice(-limit);
    return { epoch: room.epoch, head: room.log.length, messages, users: {} };
  }

  #visible(roomId: string): FakeRoom {
    const room = this.rooms.get(roomId);
    if (!room)
      throw new ApiError("not_found", 404, "There is nothing here.", false);
    return room;
  }

  #later(callback: () => void): void {
    this.time.setTimeout(callback, this.latencyMs);
  }

  #draws(fault: keyof Faults): boolean {
    return this.faults[fault] > 0 && this.random() < this.faults[fault];
  }
}

/** What a room's messages look like now. */
export function messagesOf(room: FakeRoom): Message[] {
  return room.log.flatMap((event) =>
    event.kind === "messageSent" ? [messageOf(event)] : [],
  );
}

/** The message that an entry began. */
export function messageOf(event: MessageSent): Message {
  const { seq, by, text, attachments, at, number, clientMessageId, replyTo } =
    event;
  const shown = {
    seq,
    by,
    text,
    attachments,
    sentAt: at,
    reactions: [],
    version: 1,
    number,
  };
  const reply = replyTo === undefined ? {} : { replyTo };
  return { ...shown, changedSeq: seq, clientMessageId, ...reply };
}

export function fakeUser(id: string): User {
  return {
    id,
    displayName: id,
    color: "#0f766e",
    avatarUrl: null,
    kind: "account",
  };
}

function usersOf(events: readonly RoomEvent[]): Record<string, User> {
  return Object.fromEntries(events.map(({ by }) => [by, fakeUser(by)]));
}

function listed({ id, epoch, firstSeq, log }: FakeRoom): Room {
  const rest = {
    description: "",
    kind: "private",
    avatarUrl: null,
    role: "member",
  } as const;
  const counts = {
    memberCount: 3,
    countedSeq: 1,
    head: log.length,
    readSeq: 0,
    unread: 0,
  };
  return { id, name: id, ...rest, ...counts, epoch, firstSeq };
}
