import { RestClient } from "@teahouse/client";
import { describe, expect, it, vi } from "vitest";

import { ann, den } from "../testing/cast";
import {
  fakeFetch,
  json,
  namesIn,
  type Call,
  type Case,
} from "../testing/fakeFetch";
import { accountApi } from "./accountApi";
import { ApiError, makeChatApi, type ChatApi } from "./chatApi";
import { orderApi, peopleApi } from "./peopleApi";
import { uploadsApi } from "./uploadsApi";

/** The API, with answers that a test hands out. */
function apiWith(answer?: (call: Call) => Response, onSessionEnded = () => {}) {
  const { fetch, calls } = fakeFetch(answer);
  return { api: makeChatApi({ fetch, onSessionEnded }), calls };
}

const notSignedIn = () =>
  json(401, { code: "not_signed_in", message: "", retryable: false });
const isRenewal = ([, url]: Call) => url === "/api/sessions/renew";

describe("every call", () => {
  const cases: Case<ChatApi>[] = [
    [
      (api) => api.signUp({ username: "annie", password: "12345678" }),
      "POST",
      "/api/accounts",
      { username: "annie", password: "12345678" },
    ],
    [
      (api) => api.signIn({ username: "annie", password: "12345678" }),
      "POST",
      "/api/sessions",
      { username: "annie", password: "12345678" },
    ],
    [
      (api) => api.enterAsGuest({ nickname: "小本" }),
      "POST",
      "/api/guests",
      { nickname: "小本" },
    ],
    [(api) => api.renewSession(), "POST", "/api/sessions/renew", {}],
    [(api) => api.sessions(), "GET", "/api/sessions"],
    [(api) => api.signOut(), "DELETE", "/api/sessions/current"],
    [(api) => api.signOut("all"), "DELETE", "/api/sessions/all"],
    [(api) => api.me(), "GET", "/api/me"],
    [
      (api) => api.search({ q: "tea house", roomId: "den" }),
      "GET",
      "/api/search?q=tea+house&roomId=den",
    ],
    [(api) => api.ticket(), "POST", "/api/tickets", {}],
    [(api) => api.rooms(), "GET", "/api/rooms"],
    [(api) => api.rooms({ cursor: "c1" }), "GET", "/api/rooms?cursor=c1"],
    [(api) => api.publicRooms(), "GET", "/api/rooms/public"],
    [
      (api) => api.createRoom({ name: "Den" }),
      "POST",
      "/api/rooms",
      { name: "Den" },
    ],
    [(api) => api.room("den"), "GET", "/api/rooms/den"],
    [(api) => api.newCode("den"), "POST", "/api/rooms/den/code", {}],
    [(api) => api.invitation("a/b"), "GET", "/api/invitations/a%2Fb"],
    [
      (api) => api.joinRoom({ code: "abc" }),
      "POST",
      "/api/memberships",
      { code: "abc" },
    ],
    [(api) => api.members("den"), "GET", "/api/rooms/den/members"],
    [(api) => api.leaveRoom("den"), "DELETE", "/api/rooms/den/members/me"],
    [
      (api) => api.events("den", { after: 3, limit: 200 }),
      "GET",
      "/api/rooms/den/events?after=3&limit=200",
    ],
    [
      (api) => api.messages("den", { before: 9, limit: 50 }),
      "GET",
      "/api/rooms/den/messages?before=9&limit=50",
    ],
    [
      (api) =>
        api.sendMessage("den", {
          text: "hi",
          clientMessageId: "id",
          position: { epoch: "e1", seq: 3 },
        }),
      "POST",
      "/api/rooms/den/messages",
      {
        text: "hi",
        clientMessageId: "id",
        position: { epoch: "e1", seq: 3 },
      },
    ],
  ];

  it.each(cases)(
    "goes where the contract says: %s %s %s",
    async (ask, ...call) => {
      const { api, calls } = apiWith();
      await ask(api);

      expect(calls).toEqual([call]);
    },
  );

  it("is among the cases above, or among those of a part", () => {
    const rest = new RestClient();
    const parts = [
      accountApi(rest, rest),
      peopleApi(rest),
      orderApi(rest),
      uploadsApi(rest),
    ].flatMap(Object.keys);

    expect([...namesIn(cases), ...parts].sort()).toEqual(
      Object.keys(apiWith().api).sort(),
    );
  });
});

describe("a refusal", () => {
  it("is an ApiError with its code and fields", async () => {
    const fields = { name: "must not be empty" };
    const { api } = apiWith(() =>
      json(422, { code: "invalid", message: "No.", retryable: false, fields }),
    );

    const error = await api.createRoom({ name: "" }).catch((e: unknown) => e);

    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code: "invalid", status: 422, fields });
  });
});

describe("a session that has run out", () => {
  it("is renewed once, for all calls that noticed, and each is made again", async () => {
    let isRenewed = false;
    const { api, calls } = apiWith((call) => {
      if (isRenewal(call)) isRenewed = true;
      if (isRenewal(call)) return json(200, { user: ann });
      return isRenewed ? json(200, { room: den, rooms: [den] }) : notSignedIn();
    });

    const [one, rooms] = await Promise.all([api.room(den.id), api.rooms()]);

    expect(one.room).toEqual(den);
    expect(rooms.rooms).toEqual([den]);
    expect(calls.filter(isRenewal)).toHaveLength(1);
    expect(calls).toHaveLength(5);
  });

  it("is told to be over when it cannot be renewed", async () => {
    const ended = vi.fn();
    const { api, calls } = apiWith(notSignedIn, ended);

    await expect(api.rooms()).rejects.toMatchObject({ code: "not_signed_in" });
    expect(calls).toHaveLength(2);
    expect(ended).toHaveBeenCalledOnce();
    expect(await api.renewSession()).toBe(false);
  });

  it("is not told to be over when the server cannot be reached", async () => {
    const ended = vi.fn();
    const { api } = apiWith((call) => {
      if (isRenewal(call)) throw new TypeError("fetch failed");
      return notSignedIn();
    }, ended);

    await expect(api.rooms()).rejects.toThrow(TypeError);
    await expect(api.renewSession()).rejects.toThrow(TypeError);
    expect(ended).not.toHaveBeenCalled();
  });

  it("is not renewed for a visitor who has none", async () => {
    const { api, calls } = apiWith(notSignedIn);

    await expect(api.me()).rejects.toMatchObject({ code: "not_signed_in" });
    expect(calls).toHaveLength(1);
  });

  it("has nothing to do with a wrong password", async () => {
    const { api, calls } = apiWith(notSignedIn);

    await expect(
      api.signIn({ username: "annie", password: "wrong" }),
    ).rejects.toMatchObject({ code: "not_signed_in" });
    expect(calls.filter(isRenewal)).toEqual([]);
  });
});
