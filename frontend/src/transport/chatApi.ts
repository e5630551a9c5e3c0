// What can be asked of the REST side? One function for each endpoint.

import {
  ApiError,
  pagesApi,
  RestClient,
  type EventsPage,
  type MessagesPage,
  type RestOptions,
} from "@teahouse/client";

import type {
  Member,
  Message,
  MessageSent,
  Position,
  Room,
  User,
} from "../protocol/frames";

import { accountApi } from "./accountApi";
import { orderApi, peopleApi } from "./peopleApi";
import { uploadsApi } from "./uploadsApi";

export type Language = "en" | "zh-CN";

export interface SignUpForm {
  username: string;
  password: string;
  displayName?: string;
  language?: Language;
}

export interface SignedIn {
  user: User;
  accessToken: string;
  expiresAt: number;
}

export interface Session {
  id: string;
  createdAt: number;
  lastUsedAt: number;
  endsAt: number;
  current: boolean;
}

export interface RoomForm {
  name: string;
  description?: string;
  kind?: "private" | "public";
  avatar?: string;
}

export interface MessageForm {
  text: string;
  replyTo?: number;
  clientMessageId: string;
  position: Position;
}

/** One page of a list; `next` is the cursor of the one after it. */
export type Page<Name extends string, Item> = Record<Name, Item[]> & {
  next?: string;
};

/** What an invitation shows of a room before one joins it. */
export type InvitedRoom = Pick<
  Room,
  "id" | "name" | "avatarUrl" | "memberCount"
>;

interface Cursor {
  cursor?: string | undefined;
}

interface ChatApiOptions extends Omit<RestOptions, "renewSession"> {
  onSessionEnded?: () => void;
}

export type ChatApi = ReturnType<typeof makeChatApi>;

/**
 * Make the calls. Each rejects with `ApiError` when refused, and with fetch's `TypeError` when
 * nobody answers. A call that answers 401 renews the session and is made once more;
 * `onSessionEnded` hears when it cannot be renewed.
 */
export function makeChatApi({
  onSessionEnded,
  ...options
}: ChatApiOptions = {}) {
  const signedOutRest = new RestClient(options);
  const renewSession = once(async () => {
    const isSignedIn = await renew(signedOutRest);
    if (!isSignedIn) onSessionEnded?.();
    return isSignedIn;
  });
  const rest = new RestClient({ ...options, renewSession });
  const pages = pagesApi(rest);

  return {
    /** Prolong the session; false when it has ended. Calls at the same time share one. */
    renewSession,
    signUp: (form: SignUpForm) =>
      signedOutRest.call<SignedIn>("POST", "/api/accounts", { body: form }),
    signIn: (form: { username: string; password: string }) =>
      signedOutRest.call<SignedIn>("POST", "/api/sessions", { body: form }),
    enterAsGuest: (form: { nickname?: string }) =>
      signedOutRest.call<SignedIn>("POST", "/api/guests", { body: form }),
    sessions: () => rest.call<{ sessions: Session[] }>("GET", "/api/sessions"),
    signOut: (which: "current" | "all" | (string & {}) = "current") =>
      rest.call<void>("DELETE", `/api/sessions/${part(which)}`),
    /** Who the cookie stands for. It is not renewed: a cookie lives or is gone. */
    me: () => rest.call<{ user: User }>("GET", "/api/me", { renews: false }),
    ...accountApi(rest, signedOutRest),
    ...peopleApi(rest),
    ...orderApi(rest),
    ...uploadsApi(rest),
    ticket: () =>
      rest.call<{ ticket: string; expiresAt: number }>("POST", "/api/tickets", {
        body: {},
      }),

    rooms: (query: Cursor = {}) =>
      rest.call<Page<"rooms", Room>>("GET", "/api/rooms", {
        query: { ...query },
      }),
    publicRooms: (query: Cursor = {}) =>
      rest.call<Page<"rooms", Room>>("GET", "/api/rooms/public", {
        query: { ...query },
      }),
    createRoom: (form: RoomForm) =>
      rest.call<{ room: Room }>("POST", "/api/rooms", { body: form }),
    room: (roomId: string) =>
      rest.call<{ room: Room }>("GET", roomPath(roomId)),
    newCode: (roomId: string) =>
      rest.call<{ code: string }>("POST", `${roomPath(roomId)}/code`, {
        body: {},
      }),
    invitation: (code: string) =>
      rest.call<{ room: InvitedRoom }>("GET", `/api/invitations/${part(code)}`),
    joinRoom: (form: { code: string }) =>
      rest.call<{ room: Room }>("POST", "/api/memberships", { body: form }),
    members: (roomId: string, query: Cursor = {}) =>
      rest.call<Page<"members", Member>>("GET", `${roomPath(roomId)}/members`, {
        query: { ...query },
      }),
    leaveRoom: (roomId: string) =>
      rest.call<void>("DELETE", `${roomPath(roomId)}/members/me`),

    /** Entries as they were made; for the socket client, which heals itself with them. */
    events: pages.events,
    /** Messages as they stand now, ascending: the newest, or those around a place. */
    messages: (
      roomId: string,
      query: {
        before?: number;
        after?: number;
        around?: number;
        limit?: number;
      } = {},
    ) =>
      rest.call<MessagesPage>("GET", `${roomPath(roomId)}/messages`, { query }),
    /** Look for words in one room or in all of mine, the newest first. */
    search: (query: { q: string; roomId?: string } & Cursor) =>
      rest.call<
        Page<"messages", Message & { roomId: string }> & {
          users: Record<string, User>;
        }
      >("GET", "/api/search", { query: { ...query } }),
    /** The socket's way into the log for a client that has none. */
    sendMessage: (roomId: string, form: MessageForm) =>
      rest.call<{ event: MessageSent }>(
        "POST",
        `${roomPath(roomId)}/messages`,
        { body: form },
      ),
  };
}

export { ApiError };
export type { EventsPage, MessagesPage };

async function renew(rest: RestClient): Promise<boolean> {
  try {
    await rest.call<SignedIn>("POST", "/api/sessions/renew", { body: {} });
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.code === "not_signed_in")
      return false;
    throw error;
  }
}

/** Let calls that come while one is on its way wait for that one. */
function once<T>(call: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () =>
    (running ??= call().finally(() => {
      running = undefined;
    }));
}

function roomPath(roomId: string): string {
  return `/api/rooms/${part(roomId)}`;
}

function part(id: string): string {
  return encodeURIComponent(id);
}
