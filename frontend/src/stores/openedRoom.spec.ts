import { expect, test } from "vitest";

import { startFrom } from "../model/roomState";
import type { Presence } from "../protocol/frames";
import { ann, ben, page, person, said } from "../testing/cast";
import { openedRoom, tellPassing } from "./openedRoom";

const cleo = person("cleo", "Cleo");
const talk = startFrom(page(3, said(2, ann, "hi"), said(3, ben, "ho")));

const passes = (change: Partial<Presence>): Presence => ({
  ...{ type: "presence", roomId: "den", online: 2, users: {} },
  ...change,
});

test("who comes and who goes is told behind what is shown, with how many are here", () => {
  const room = openedRoom({ state: talk });

  tellPassing(
    room,
    passes({ entered: ["cleo"], left: ["ben"], online: 7, users: { cleo } }),
  );

  expect(room.passings).toMatchObject([
    { what: "entered", by: "cleo", subject: "cleo", seq: 3, count: 7 },
    { what: "left", by: "ben", subject: "ben", seq: 3, count: 7 },
  ]);
  expect(room.state?.users).toEqual({ ann, ben, cleo });
});

test("where everybody is named, they are counted", () => {
  const room = openedRoom({ state: talk });

  tellPassing(room, passes({ entered: ["ann"], online: ["ann", "ben"] }));

  expect(room.passings).toMatchObject([{ count: 2 }]);
});

test("only the latest are told, each by a key of its own", () => {
  const room = openedRoom({ state: talk });

  for (let at = 0; at < 50; at += 1)
    tellPassing(room, passes({ entered: [`p${at}`] }));

  expect(room.passings.map(({ by }) => by)).toEqual(
    Array.from({ length: 40 }, (_, at) => `p${at + 10}`),
  );
  expect(new Set(room.passings.map(({ key }) => key)).size).toBe(40);
});

test("a room whose first page has not come tells of nobody", () => {
  const room = openedRoom();

  tellPassing(room, passes({ entered: ["cleo"], users: { cleo } }));

  expect(room.passings).toEqual([]);
  expect(room.state).toBeUndefined();
});
