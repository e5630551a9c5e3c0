import { ApiError } from "@teahouse/client";
import { beforeEach, expect, test, vi } from "vitest";

import { ann } from "../testing/cast";
import { fakeApp, type FakeClient } from "../testing/fakeServices";
import type { ChatApi } from "../transport/chatApi";
import { useRooms } from "./rooms";
import { useSession } from "./session";

const signedIn = { user: ann, accessToken: "t", expiresAt: 0 };
const notSignedIn = new ApiError("not_signed_in", 401, "", false);
const api = {
  me: vi.fn<ChatApi["me"]>(),
  rooms: vi.fn<ChatApi["rooms"]>(),
  signUp: vi.fn<ChatApi["signUp"]>(),
  signIn: vi.fn<ChatApi["signIn"]>(),
  enterAsGuest: vi.fn<ChatApi["enterAsGuest"]>(),
  signOut: vi.fn<ChatApi["signOut"]>(),
};
let client: FakeClient;
let session: ReturnType<typeof useSession>;

beforeEach(() => {
  api.rooms.mockResolvedValue({ rooms: [] });
  client = fakeApp(api).client;
  session = useSession();
});

test("a cookie that still stands for somebody brings them back, connected", async () => {
  api.me.mockResolvedValue({ user: ann });

  await session.restore();

  expect(session).toMatchObject({ state: "signedIn", user: ann });
  expect(client.connect).toHaveBeenCalledOnce();
});

test("nobody is signed in without a session, and that is no ended session", async () => {
  api.me.mockRejectedValue(notSignedIn);

  await session.restore();

  expect(session).toMatchObject({ state: "signedOut", hasEnded: false });
  expect(client.connect).not.toHaveBeenCalled();
});

test("no answer is not taken for being signed out", async () => {
  api.me.mockRejectedValue(new TypeError("Failed to fetch"));

  await session.restore();

  expect(session.state).toBe("unreachable");
});

test("a guest without a nickname leaves the choice to the server", async () => {
  api.enterAsGuest.mockResolvedValue(signedIn);

  await session.enterAsGuest("");
  await session.enterAsGuest("小本");

  expect(api.enterAsGuest.mock.calls).toEqual([[{}], [{ nickname: "小本" }]]);
});

test("a new account speaks the language of the page", async () => {
  api.signUp.mockResolvedValue(signedIn);

  await session.signUp({ username: "annie", password: "long enough" });

  expect(api.signUp).toHaveBeenCalledWith({
    username: "annie",
    password: "long enough",
    language: "en",
  });
});

test("signing out hangs up and forgets, even when the server cannot be told", async () => {
  api.signIn.mockResolvedValue(signedIn);
  api.signOut.mockRejectedValue(new TypeError("Failed to fetch"));
  await session.signIn("annie", "long enough");

  await session.signOut();

  expect(session).toMatchObject({ state: "signedOut", hasEnded: false });
  expect(session.user).toBeUndefined();
  expect(client.close).toHaveBeenCalled();
  expect(useRooms().list).toEqual([]);
});

test("a session that ended elsewhere is said to have ended", async () => {
  api.signIn.mockResolvedValue(signedIn);
  await session.signIn("annie", "long enough");

  client.emit("signedOut", { code: "not_signed_in", message: "" });

  expect(session).toMatchObject({ state: "signedOut", hasEnded: true });
});

test("a refusal reaches the form that asked", async () => {
  api.signIn.mockRejectedValue(notSignedIn);

  await expect(session.signIn("annie", "wrong")).rejects.toBe(notSignedIn);
  expect(session.state).toBe("unknown");
});
