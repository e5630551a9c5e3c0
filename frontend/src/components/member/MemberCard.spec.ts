import { flushPromises, mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { expect, test, vi } from "vitest";
import { createMemoryHistory } from "vue-router";

import type { Member } from "../../protocol/frames";
import { makeRouter } from "../../router";
import { SERVICES } from "../../stores/services";
import { ann, ben, den } from "../../testing/cast";
import { ApiError } from "../../transport/chatApi";
import MemberCard from "./MemberCard.vue";

const member: Member = { user: ben, role: "member", online: true };

function opened(api: object) {
  const card = mount(MemberCard, {
    props: { member, room: den, me: ann },
    global: {
      plugins: [createPinia(), makeRouter(createMemoryHistory())],
      provide: { [SERVICES as symbol]: { api } },
    },
  });
  return { card, button: (name: string) => card.get(`[data-testid=${name}]`) };
}

test("what is asked while it is still unknown whom I block is done", async () => {
  const openDirectRoom = vi.fn(async () => ({ room: den }));
  const { card, button } = opened({
    blocks: () => new Promise(() => {}),
    openDirectRoom,
  });

  expect(button("block").attributes()).toHaveProperty("disabled");
  await button("talk").trigger("click");
  await flushPromises();

  expect(openDirectRoom).toHaveBeenCalledExactlyOnceWith("ben");
  expect(card.emitted("close")).toHaveLength(1);
});

test("two clicks on one button ask once", async () => {
  const openDirectRoom = vi.fn(() => new Promise(() => {}));
  const { button } = opened({
    blocks: async () => ({ users: {} }),
    openDirectRoom,
  });

  await button("talk").trigger("click");
  await button("talk").trigger("click");

  expect(openDirectRoom).toHaveBeenCalledOnce();
});

test("whom I block can be let in again, and is not blocked twice", async () => {
  const unblock = vi.fn(async () => {});
  const { card, button } = opened({
    blocks: async () => ({ users: { ben } }),
    unblock,
  });
  await flushPromises();
  expect(card.find("[data-testid=block]").exists()).toBe(false);

  await button("unblock").trigger("click");
  await flushPromises();

  expect(unblock).toHaveBeenCalledExactlyOnceWith("ben");
  expect(button("block").attributes()).not.toHaveProperty("disabled");
});

test("a refusal is said, and the next try is another one", async () => {
  const openDirectRoom = vi.fn(async () => {
    throw new TypeError("no network");
  });
  const { card, button } = opened({
    blocks: async () => ({ users: {} }),
    openDirectRoom,
  });

  await button("talk").trigger("click");
  await flushPromises();
  expect(card.get("[role=alert]").text()).not.toBe("");
  expect(card.emitted("close")).toBeUndefined();
  await button("talk").trigger("click");

  expect(openDirectRoom).toHaveBeenCalledTimes(2);
});

test("where the session has ended the main thing is to sign in again", async () => {
  const { card, button } = opened({
    blocks: async () => ({ users: {} }),
    openDirectRoom: async () => {
      throw new ApiError("not_signed_in", 401, "", false);
    },
  });
  const main = () => card.findAll(".button.main").map((one) => one.text());
  expect(main()).toEqual(["Message"]);

  await button("talk").trigger("click");
  await flushPromises();

  expect(main()).toEqual(["Sign in"]);
});
