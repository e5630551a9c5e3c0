import { expect, it } from "vitest";

import type { Member } from "../protocol/frames";
import { ann, ben } from "../testing/cast";
import { mutedUntil, powersOver } from "./order";

const is = (role: Member["role"], user = ben): Member => ({
  user,
  role,
  online: true,
});

it.each([
  ["owner", "member", true, true, ["moderator", "owner"]],
  ["owner", "moderator", true, false, ["member", "owner"]],
  ["owner", "owner", false, false, ["member", "moderator"]],
  ["moderator", "member", true, true, []],
  ["moderator", "moderator", false, false, []],
  ["member", "member", false, false, []],
] as const)(
  "lets an %s remove, mute and name a %s as far as that goes",
  (mine, theirs, mayRemove, mayMute, roles) => {
    expect(powersOver(is(theirs), ann.id, mine)).toEqual({
      mayRemove,
      mayMute,
      roles,
    });
  },
);

it("gives nobody power over themselves", () => {
  expect(powersOver(is("owner", ann), ann.id, "owner")).toEqual({
    mayRemove: false,
    mayMute: false,
    roles: [],
  });
});

it("ends what was decided for a while", () => {
  expect(mutedUntil({ mutedUntil: 10 }, 9)).toBe(10);
  expect(mutedUntil({ mutedUntil: 10 }, 10)).toBe(0);
  expect(mutedUntil({}, 0)).toBe(0);
});
