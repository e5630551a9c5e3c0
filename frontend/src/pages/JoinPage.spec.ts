import { flushPromises, mount } from "@vue/test-utils";
import { beforeEach, expect, test, vi } from "vitest";
import { createMemoryHistory } from "vue-router";

import { makeRouter } from "../router";
import { useSession } from "../stores/session";
import { ann, den } from "../testing/cast";
import { fakeApp } from "../testing/fakeServices";
import { ApiError, type ChatApi } from "../transport/chatApi";
import JoinPage from "./JoinPage.vue";

const api = {
  me: vi.fn<ChatApi["me"]>(),
  rooms: vi.fn<ChatApi["rooms"]>(),
  invitation: vi.fn<ChatApi["invitation"]>(),
  joinRoom: vi.fn<ChatApi["joinRoom"]>(),
};

beforeEach(() => {
  api.me.mockResolvedValue({ user: ann });
  api.rooms.mockResolvedValue({ rooms: [] });
  api.invitation.mockResolvedValue({ room: den });
  api.joinRoom.mockResolvedValue({ room: den });
});

test("whoever follows an invitation sees the room, and comes into it", async () => {
  const { page, router } = await opened();
  expect(page.get("[data-testid=invitation-room]").text()).toBe(den.name);

  await page.get("[data-testid=invitation-join]").trigger("click");
  await flushPromises();

  expect(router.currentRoute.value.params.roomId).toBe(den.id);
});

test("whoever is banned is told so, and can go home", async () => {
  api.joinRoom.mockRejectedValue(new ApiError("forbidden", 403, "", false));
  const { page, router } = await opened();

  await page.get("[data-testid=invitation-join]").trigger("click");
  await flushPromises();

  expect(page.get("[role=alert]").text()).toBe(
    "You may not come into this room.",
  );
  expect(page.get("[data-testid=invitation]").text()).toContain(
    "To the start page",
  );
  expect(router.currentRoute.value.name).not.toBe("room");
});

test("a dead invitation says so, and asks nobody to join", async () => {
  api.invitation.mockRejectedValue(new ApiError("not_found", 404, "", false));

  const { page } = await opened();

  expect(page.find("[data-testid=invitation-dead]").exists()).toBe(true);
  expect(page.find("[data-testid=invitation-join]").exists()).toBe(false);
});

test("whose session has ended meanwhile is led to where one signs in", async () => {
  api.invitation.mockRejectedValue(
    new ApiError("not_signed_in", 401, "", false),
  );
  const { page } = await opened();
  expect(page.get("[role=alert]").text()).toContain("session has ended");

  await page.get("[data-testid=sign-in-again]").trigger("click");

  expect(page.find("[data-testid=guest-form]").exists()).toBe(true);
});

test("a session that ends at the door leaves one main thing: to sign in again", async () => {
  api.joinRoom.mockRejectedValue(new ApiError("not_signed_in", 401, "", false));
  const { page } = await opened();
  const main = () => page.findAll(".button.main").map((one) => one.text());
  expect(main()).toEqual(["Join room"]);

  await page.get("[data-testid=invitation-join]").trigger("click");
  await flushPromises();

  expect(main()).toEqual(["Sign in"]);
});

async function opened() {
  const { app } = fakeApp(api);
  await useSession().restore();
  const router = makeRouter(createMemoryHistory());
  const page = mount(JoinPage, {
    props: { code: "den-code" },
    global: { plugins: [router], provide: app._context.provides },
  });
  await flushPromises();
  return { page, router };
}
