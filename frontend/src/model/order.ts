// Who may keep whom in order? The server decides; the page offers no more than it would grant.

import type { Member, Room } from "../protocol/frames";

type Role = Member["role"];

/** What one member may do to another one of the same room. */
export interface Powers {
  mayRemove: boolean;
  mayMute: boolean;
  /** The roles that may be given instead of the one held. */
  roles: readonly Role[];
}

const ROLES: readonly Role[] = ["member", "moderator", "owner"];

/** Owners decide of everybody but other owners, moderators of plain members; nobody of oneself. */
export function powersOver(
  member: Member,
  myId: string,
  myRole: Room["role"],
): Powers {
  const isOther = member.user.id !== myId;
  const mayRemove =
    isOther &&
    member.role !== "owner" &&
    (myRole === "owner" ||
      (myRole === "moderator" && member.role === "member"));
  return {
    mayRemove,
    mayMute: mayRemove && member.role === "member",
    roles:
      isOther && myRole === "owner"
        ? ROLES.filter((role) => role !== member.role)
        : [],
  };
}

/** Somebody who is muted may write again when this is over; 0: they may already. */
export function mutedUntil(
  { mutedUntil: until = 0 }: { mutedUntil?: number },
  now: number,
): number {
  return until > now ? until : 0;
}
