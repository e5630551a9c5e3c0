import { ApiError } from "@teahouse/client";
import { beforeEach, expect, test, vi } from "vitest";

import { ann, person } from "../testing/cast";
import { fakeApp } from "../testing/fakeServices";
import type { ChatApi } from "../transport/chatApi";
import { useAccount } from "./account";
import { useSession } from "./session";

const api = {
  me: vi.fn<ChatApi["me"]>(),
  rooms: vi.fn<ChatApi["rooms"]>(),
  becomeAccount: vi.fn<ChatApi["becomeAccount"]>(),
  eraseMe: vi.fn<ChatApi["eraseMe"]>(),
};

beforeEach(async () => {
  fakeApp(api);
  api.rooms.mockResolvedValue({ rooms: [] });
  api.me.mockResolvedValue({ user: { ...ann, kind: "guest" } });
  await useSession().restore();
});

test("a guest who makes an account goes on as who they are", async () => {
  api.becomeAccount.mockResolvedValue({ user: person("ann", "Ann") });

  await useAccount().becomeAccount("annie", "correct horse");

  expect(useSession()).toMatchObject({
    state: "signedIn",
    user: { id: "ann", kind: "account" },
  });
});

test("whoever is erased is signed out, and that is no ended session", async () => {
  api.eraseMe.mockResolvedValue(undefined);

  await useAccount().erase();

  expect(useSession()).toMatchObject({ state: "signedOut", hasEnded: false });
});

test("whoever could not be erased stays", async () => {
  api.eraseMe.mockRejectedValue(new ApiError("busy", 503, "", true));

  await expect(useAccount().erase()).rejects.toThrow(ApiError);

  expect(useSession().state).toBe("signedIn");
});
