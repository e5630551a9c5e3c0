// What can be asked about other people, and of those who keep order?

import type { RestClient } from "@teahouse/client";

import type { KeptNotification, Member, Room, User } from "../protocol/frames";

export interface RoomChange {
  name?: string;
  description?: string;
  kind?: "private" | "public";
  avatar?: string;
}

/** Somebody who may not become a member; `by` decided it. */
export interface Ban {
  user: User;
  by: string;
  at: number;
}

/** A message that `by` reported; `author` and `text` as they stand, absent once it is gone. */
export interface Report {
  id: string;
  roomId: string;
  seq: number;
  by: string;
  at: number;
  reason?: string;
  author?: string;
  text?: string;
}

export interface ReportsPage {
  reports: Report[];
  users: Record<string, User>;
  next?: string;
}

interface Cursor {
  cursor?: string | undefined;
}

export function peopleApi(rest: RestClient) {
  return {
    /** People one shares a room with; administrators see all. */
    users: (query: { query?: string; online?: string } & Cursor = {}) =>
      rest.call<{ users: Record<string, User>; next?: string }>(
        "GET",
        "/api/users",
        { query: { ...query } },
      ),
    openDirectRoom: (userId: string) =>
      rest.call<{ room: Room }>("POST", "/api/direct-rooms", {
        body: { userId },
      }),
    /** Whom I have blocked. */
    blocks: (query: Cursor = {}) =>
      rest.call<{ users: Record<string, User>; next?: string }>(
        "GET",
        "/api/blocks",
        { query: { ...query } },
      ),
    block: (userId: string) =>
      rest.call<void>("PUT", `/api/blocks/${part(userId)}`, { body: {} }),
    unblock: (userId: string) =>
      rest.call<void>("DELETE", `/api/blocks/${part(userId)}`),
    report: (form: { roomId: string; seq: number; reason?: string }) =>
      rest.call<void>("POST", "/api/reports", { body: form }),
    /** What was reported, newest first; for administrators. */
    reports: (query: Cursor = {}) =>
      rest.call<ReportsPage>("GET", "/api/reports", { query: { ...query } }),
    announce: (text: string) =>
      rest.call<void>("POST", "/api/announcements", { body: { text } }),

    notifications: () =>
      rest.call<{ notifications: KeptNotification[]; unread: number }>(
        "GET",
        "/api/notifications",
      ),
    readNotifications: () =>
      rest.call<void>("POST", "/api/notifications/read", { body: {} }),
  };
}

/** For owners and moderators of a room. */
export function orderApi(rest: RestClient) {
  return {
    changeRole: (roomId: string, userId: string, role: Member["role"]) =>
      rest.call<void>("PATCH", memberPath(roomId, userId), { body: { role } }),
    /** Null lets somebody write again. */
    mute: (roomId: string, userId: string, mutedUntil: number | null) =>
      rest.call<void>("PATCH", memberPath(roomId, userId), {
        body: { mutedUntil },
      }),
    removeMember: (roomId: string, userId: string) =>
      rest.call<void>("DELETE", memberPath(roomId, userId)),
    bans: (roomId: string, query: Cursor = {}) =>
      rest.call<{ bans: Ban[]; next?: string }>("GET", bansPath(roomId), {
        query: { ...query },
      }),
    /** Removes too, and keeps out. */
    ban: (roomId: string, userId: string) =>
      rest.call<void>("PUT", `${bansPath(roomId)}/${part(userId)}`, {
        body: {},
      }),
    liftBan: (roomId: string, userId: string) =>
      rest.call<void>("DELETE", `${bansPath(roomId)}/${part(userId)}`),
    changeRoom: (roomId: string, form: RoomChange) =>
      rest.call<{ room: Room }>("PATCH", `/api/rooms/${part(roomId)}`, {
        body: form,
      }),
    closeRoom: (roomId: string) =>
      rest.call<void>("DELETE", `/api/rooms/${part(roomId)}`),
  };
}

function memberPath(roomId: string, userId: string): string {
  return `/api/rooms/${part(roomId)}/members/${part(userId)}`;
}

function bansPath(roomId: string): string {
  return `/api/rooms/${part(roomId)}/bans`;
}

function part(id: string): string {
  return encodeURIComponent(id);
}
