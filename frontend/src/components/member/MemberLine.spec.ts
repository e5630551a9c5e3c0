import { mount } from "@vue/test-utils";
import { expect, test } from "vitest";

import type { Member } from "../../protocol/frames";
import { ben } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import MemberLine from "./MemberLine.vue";

const guest = { ...ben, kind: "guest" as const };

test.each<[string, Partial<Member>, string]>([
  ["a member who is here", {}, "Here now"],
  ["one who is away", { online: false }, "Away"],
  ["a moderator", { role: "moderator" }, "Here now · Moderator"],
  ["a guest", { user: guest }, "Here now · Guest"],
  ["a guest who owns it", { user: guest, role: "owner" }, "Here now · Owner"],
])("%s is described in words", (_, change, words) => {
  const line = shown(change);

  const about = line.get(".who > .soft").text().replaceAll(/\s+/g, " ");
  expect(about).toBe(words);
});

test("what can be done about somebody is called by their name", async () => {
  const line = shown();

  await line.get("[aria-label='About 小本']").trigger("click");

  expect(line.emitted("open")).toHaveLength(1);
});

test("I am told which line is mine, and have nothing to do about myself", () => {
  const line = shown({}, true);

  expect(line.get(".name").text()).toMatch(/^小本\s*\(You\)$/);
  expect(line.find("button").exists()).toBe(false);
});

function shown(change: Partial<Member> = {}, isMe = false) {
  fakeApp();
  const member: Member = { user: ben, role: "member", online: true, ...change };
  return mount(MemberLine, { props: { member, isMe } });
}
