import { beforeEach, expect, it } from "vitest";

import type { FakeServer } from "../testing/fakeServer.js";
import type { FakeTime } from "../testing/fakeTime.js";
import { Member } from "../testing/member.js";
import { received, setScene } from "../testing/scene.js";
import { CHANGE_TRIES } from "./changes.js";
import { TextRefused } from "./text.js";

let time: FakeTime;
let server: FakeServer;
let ann: Member;

beforeEach(async () => {
  ({ time, server } = setScene());
  ann = await new Member(server, "ann").enter("den");
  ann.client.send("den", "hello");
  await time.advance(200);
});

const edit = {
  action: "editMessage",
  roomId: "den",
  seq: 2,
  version: 1,
  text: "hello all",
} as const;

it("makes a change, and tells its entry as every other", async () => {
  const told: unknown[] = [];
  ann.client.on("events", ({ events }) => told.push(...events));
  const made = ann.client.change(edit);
  await time.advance(50);
  const [asked] = received(server, "editMessage");
  expect(asked).toMatchObject(edit);
  const seq = ann.screen("den").seq + 1;
  const event = { seq, kind: "messageEdited", by: "ann", at: 1, target: 2 };

  answer({
    type: "done",
    re: asked?.id,
    roomId: "den",
    epoch: ann.screen("den").epoch,
    seq,
    event: { ...event, text: "hello all", version: 2 },
  });

  await expect(made).resolves.toBeUndefined();
  expect(told).toMatchObject([{ seq, kind: "messageEdited" }]);
});

it("says why a change is refused for good, and asks no more", async () => {
  const made = ann.client.change(edit);
  await time.advance(50);

  answer(refusal("version_conflict", false));

  await expect(made).rejects.toMatchObject({ code: "version_conflict" });
  await time.advance(60_000);
  expect(received(server, "editMessage")).toHaveLength(1);
});

it("asks again what was refused for now, as the same operation", async () => {
  const made = ann.client.change(edit);
  await time.advance(50);
  answer(refusal("busy", true));
  await time.advance(2_000);

  const asked = received(server, "editMessage");
  expect(asked).toHaveLength(2);
  expect(new Set(asked.map(({ operationId }) => operationId)).size).toBe(1);
  answer(refusal("forbidden", false));
  await expect(made).rejects.toMatchObject({ code: "forbidden" });
});

it("gives up when no answer comes, and says that nobody knows", async () => {
  const made = ann.client.change({
    action: "deleteMessage",
    roomId: "den",
    seq: 2,
  });
  const outcome = expect(made).rejects.toMatchObject({ code: "unreachable" });

  await time.advance(200_000);

  await outcome;
  expect(received(server, "deleteMessage")).toHaveLength(CHANGE_TRIES);
});

it("refuses a text before anything travels", async () => {
  await expect(ann.client.change({ ...edit, text: " " })).rejects.toThrow(
    TextRefused,
  );
  expect(received(server, "editMessage")).toEqual([]);
});

function refusal(code: string, retryable: boolean): object {
  const re = received(server, "editMessage").at(-1)?.id;
  return { type: "refused", re, code, message: "", retryable };
}

function answer(frame: object): void {
  server.line("ann").deliver(JSON.stringify(frame));
}
