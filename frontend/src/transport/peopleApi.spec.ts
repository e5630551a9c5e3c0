import { RestClient } from "@teahouse/client";
import { expect, test } from "vitest";

import { fakeFetch, namesIn, type Case } from "../testing/fakeFetch";
import { peopleApi, orderApi } from "./peopleApi";

const cases: Case<ReturnType<typeof peopleApi>>[] = [
  [(api) => api.users({ query: "be" }), "GET", "/api/users?query=be"],
  [
    (api) => api.openDirectRoom("ben"),
    "POST",
    "/api/direct-rooms",
    { userId: "ben" },
  ],
  [(api) => api.block("ben"), "PUT", "/api/blocks/ben", {}],
  [(api) => api.unblock("ben"), "DELETE", "/api/blocks/ben"],
  [
    (api) => api.report({ roomId: "den", seq: 3 }),
    "POST",
    "/api/reports",
    { roomId: "den", seq: 3 },
  ],
  [(api) => api.announce("tea"), "POST", "/api/announcements", { text: "tea" }],
  [(api) => api.notifications(), "GET", "/api/notifications"],
  [(api) => api.readNotifications(), "POST", "/api/notifications/read", {}],
  [(api) => api.blocks({ cursor: "c1" }), "GET", "/api/blocks?cursor=c1"],
  [(api) => api.reports({ cursor: "c1" }), "GET", "/api/reports?cursor=c1"],
];

test.each(cases)(
  "what is asked about other people goes where the contract says: %s %s %s",
  async (ask, ...call) => {
    const { fetch, calls } = fakeFetch();
    const rest = new RestClient({ fetch });
    await ask(peopleApi(rest));

    expect(calls).toEqual([call]);
  },
);

test("all that can be asked about other people is among the cases above", () => {
  const rest = new RestClient();

  expect(namesIn(cases)).toEqual(Object.keys(peopleApi(rest)).sort());
});

const orderCases: Case<ReturnType<typeof orderApi>>[] = [
  [
    (api) => api.changeRole("den", "ben", "moderator"),
    "PATCH",
    "/api/rooms/den/members/ben",
    { role: "moderator" },
  ],
  [
    (api) => api.mute("den", "ben", null),
    "PATCH",
    "/api/rooms/den/members/ben",
    { mutedUntil: null },
  ],
  [(api) => api.ban("den", "ben"), "PUT", "/api/rooms/den/bans/ben", {}],
  [
    (api) => api.changeRoom("den", { name: "Hut" }),
    "PATCH",
    "/api/rooms/den",
    { name: "Hut" },
  ],
  [(api) => api.closeRoom("den"), "DELETE", "/api/rooms/den"],
  [(api) => api.bans("den"), "GET", "/api/rooms/den/bans"],
  [(api) => api.liftBan("den", "ben"), "DELETE", "/api/rooms/den/bans/ben"],
  [
    (api) => api.removeMember("den", "ben"),
    "DELETE",
    "/api/rooms/den/members/ben",
  ],
];

test.each(orderCases)(
  "what is asked about those who keep order goes where the contract says: %s %s %s",
  async (ask, ...call) => {
    const { fetch, calls } = fakeFetch();
    const rest = new RestClient({ fetch });
    await ask(orderApi(rest));

    expect(calls).toEqual([call]);
  },
);

test("all that can be asked about those who keep order is among the cases above", () => {
  const rest = new RestClient();

  expect(namesIn(orderCases)).toEqual(Object.keys(orderApi(rest)).sort());
});

test("whatever an id is made of, it stays one part of the address", async () => {
  const { fetch, calls } = fakeFetch();
  const rest = new RestClient({ fetch });

  await peopleApi(rest).unblock("../me");
  await orderApi(rest).removeMember("a/b", "c?d");
  await orderApi(rest).closeRoom("..#");

  expect(calls.map(([, url]) => url)).toEqual([
    "/api/blocks/..%2Fme",
    "/api/rooms/a%2Fb/members/c%3Fd",
    "/api/rooms/..%23",
  ]);
});
