import { beforeEach, expect, test, vi } from "vitest";

import { useRooms } from "../stores/rooms";
import { den } from "../testing/cast";
import { fakeApp } from "../testing/fakeServices";
import { ApiError, type ChatApi } from "../transport/chatApi";
import { useInvitation } from "./useInvitation";

const api = {
  invitation: vi.fn<ChatApi["invitation"]>(),
  joinRoom: vi.fn<ChatApi["joinRoom"]>(),
};
let invitation: ReturnType<typeof useInvitation>;
let code = "";

beforeEach(() => {
  code = "den-code";
  const { app } = fakeApp(api);
  invitation = app.runWithContext(() => useInvitation(() => code));
});

test("it shows the room that the code leads to now", async () => {
  api.invitation.mockResolvedValue({ room: den });
  code = "other-code";

  const looking = invitation.look();
  expect(invitation.isLoading.value).toBe(true);
  await looking;

  expect(api.invitation.mock.calls).toEqual([["other-code"]]);
  expect(invitation.room.value).toEqual(den);
  expect(invitation.isLoading.value).toBe(false);
});

test("a code that is dead by now shows no room any more, and says why", async () => {
  api.invitation.mockResolvedValueOnce({ room: den });
  await invitation.look();
  api.invitation.mockRejectedValueOnce(
    new ApiError("not_found", 404, "", false),
  );

  await invitation.look();

  expect(invitation.room.value).toBeUndefined();
  expect(invitation.failure.value).toBe("not_found");
  expect(invitation.isLoading.value).toBe(false);
});

test("whoever joins has the room in the list", async () => {
  api.joinRoom.mockResolvedValue({ room: den });

  expect(await invitation.join()).toEqual(den);

  expect(useRooms().byId.get(den.id)).toEqual(den);
});

test("whoever is refused is told why, and may try again", async () => {
  api.joinRoom.mockRejectedValueOnce(new ApiError("busy", 503, "", true));
  expect(await invitation.join()).toBeUndefined();
  expect(invitation.failure.value).toBe("busy");
  expect(useRooms().list).toEqual([]);

  api.joinRoom.mockResolvedValueOnce({ room: den });
  await invitation.join();
  expect(invitation.failure.value).toBeUndefined();
});
