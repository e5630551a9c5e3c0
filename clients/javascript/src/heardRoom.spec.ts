import { beforeEach, describe, expect, it } from "vitest";

import type { FakeServer } from "../testing/fakeServer.js";
import type { FakeTime } from "../testing/fakeTime.js";
import { Member } from "../testing/member.js";
import { received, setScene } from "../testing/scene.js";
import { ApiError } from "./rest.js";

let time: FakeTime;
let server: FakeServer;

beforeEach(() => {
  ({ time, server } = setScene());
});

/** Lose exactly the next push. */
function loseNext(act: () => void): void {
  server.faults = { ...server.faults, loseFrame: 1 };
  act();
  server.faults = { ...server.faults, loseFrame: 0 };
}

const joins = () =>
  received(server, "joinRoom").map(({ position }) => position);
const eventPages = () =>
  server.pages.filter((page) => page.startsWith("events"));

describe("joining", () => {
  it("begins with a snapshot when no position is known", async () => {
    server.say("den", "ben", "before");
    const ann = await new Member(server, "ann").enter("den");

    expect(ann.screen("den")).toMatchObject({ epoch: "e1", seq: 2 });
    expect(ann.texts("den")).toEqual(["before"]);
    expect(joins()).toEqual([undefined]);
  });

  it("goes on from a position that is known, without a snapshot", async () => {
    server.say("den", "ben", "missed");
    const ann = new Member(server, "ann");
    ann.screens.set("den", { epoch: "e1", seq: 1, messages: [] });
    ann.client.joinRoom("den", { epoch: "e1", seq: 1 });
    ann.client.connect();
    await time.advance(200);

    expect(ann.texts("den")).toEqual(["missed"]);
    expect(server.pages).toEqual([]);
  });

  it("pages what is too much for one answer", async () => {
    const ann = await new Member(server, "ann").enter("den");
    server.line("ann").breakOff();
    for (let n = 0; n < 450; n += 1) server.say("den", "ben", `${n}`);
    await time.advance(60_000);

    expect(ann.texts("den")).toEqual(server.texts("den"));
    expect(eventPages()).toEqual(["events den 201", "events den 401"]);
  });

  it("holds back what is pushed while the snapshot is on its way", async () => {
    const ann = new Member(server, "ann");
    ann.client.joinRoom("den");
    ann.client.connect();
    await time.advance(21); // the room is heard, its snapshot has been asked for
    for (const text of ["one", "two", "three"]) {
      server.say("den", "ben", text);
      await time.advance(3);
    }
    await time.advance(200);

    expect(ann.texts("den")).toEqual(["one", "two", "three"]);
    expect(eventPages()).toEqual([]);
  });

  it("is told when it may not, and is not asked again", async () => {
    const ann = await new Member(server, "ann").enter("hut");
    await time.advance(60_000);

    expect(ann.told).toContainEqual({
      kind: "joinRefused",
      event: {
        roomId: "hut",
        code: "not_a_member",
        message: "It is not_a_member.",
      },
    });
    expect(joins()).toHaveLength(1);
  });

  it("asks again when the server is busy", async () => {
    server.refusals.push({ action: "joinRoom", code: "busy", retryable: true });
    const ann = await new Member(server, "ann").enter("den");
    await time.advance(2_000);

    expect(joins()).toHaveLength(2);
    expect(ann.screen("den").seq).toBe(1);
  });

  it("asks again when no answer comes within 10 s", async () => {
    const ann = await new Member(server, "ann").enter("den");
    server.addRoom("hut");
    ann.client.joinRoom("hut");
    server.faults = { ...server.faults, loseFrame: 1 };
    await time.advance(100);
    server.faults = { ...server.faults, loseFrame: 0 };
    await time.advance(9_000);
    expect(ann.screens.has("hut")).toBe(false);

    await time.advance(2_000);
    expect(ann.screen("hut").seq).toBe(1);
  });

  it("takes a snapshot when its position is not in the log any more", async () => {
    const ann = await new Member(server, "ann").enter("den");
    server.line("ann").breakOff();
    for (let n = 0; n < 9; n += 1) server.say("den", "ben", `${n}`);
    server.room("den").firstSeq = 5;
    await time.advance(60_000);

    expect(ann.screen("den").seq).toBe(10);
    expect(joins().at(-1)).toBeUndefined();
  });
});

describe("a push", () => {
  it("that was lost is fetched within 400 ms of the next one", async () => {
    const ann = await new Member(server, "ann").enter("den");
    loseNext(() => server.say("den", "ben", "lost"));
    server.say("den", "ben", "next");

    await time.advance(100);
    expect(ann.texts("den")).toEqual([]); // nothing is shown beyond a hole
    await time.advance(350);
    expect(ann.texts("den")).toEqual(["lost", "next"]);
  });

  it("that was lost as the last one is found by the keep-alive", async () => {
    const ann = await new Member(server, "ann").enter("den");
    loseNext(() => server.say("den", "ben", "lost"));

    await time.advance(29_000);
    expect(ann.texts("den")).toEqual([]);
    await time.advance(2_000);
    expect(ann.texts("den")).toEqual(["lost"]);
  });

  it("that comes twice is told once", async () => {
    const ann = await new Member(server, "ann").enter("den");
    server.faults = { ...server.faults, repeatFrame: 1 };
    server.say("den", "ben", "once");
    await time.advance(1_000);

    expect(ann.texts("den")).toEqual(["once"]);
  });

  it("that comes out of order fills the hole, and nothing is fetched", async () => {
    const ann = await new Member(server, "ann").enter("den");
    server.latencyMs = 100;
    server.say("den", "ben", "slow");
    server.latencyMs = 5;
    server.say("den", "ben", "fast");
    await time.advance(1_000);

    expect(ann.texts("den")).toEqual(["slow", "fast"]);
  });

  it("of an unknown kind moves the room on and shows nothing", async () => {
    const ann = await new Member(server, "ann").enter("den");
    const kinds: string[] = [];
    ann.client.on("events", ({ events }) =>
      kinds.push(...events.map(({ kind }) => kind)),
    );
    const strange = { seq: 2, kind: "lanternLit", by: "ben", at: 0 };
    server.room("den").log.push(strange as never);
    server.line("ann").deliver(
      JSON.stringify({
        type: "events",
        roomId: "den",
        epoch: "e1",
        events: [strange],
        users: {},
      }),
    );
    server.say("den", "ben", "after it");
    await time.advance(100);

    expect(kinds).toEqual(["lanternLit", "messageSent"]);
    expect(ann.screen("den").seq).toBe(3);
    expect(ann.texts("den")).toEqual(["after it"]);
  });

  it("that cannot be read is as good as lost", async () => {
    const ann = await new Member(server, "ann").enter("den");
    const line = server.line("ann");
    for (const junk of [
      "",
      "[]",
      "{",
      '{"message":"Forbidden"}',
      '{"type":"unheardOf"}',
    ]) {
      line.deliver(junk);
    }
    line.deliver(
      '{"type":"events","roomId":"den","epoch":"e1","events":[7],"users":{}}',
    );
    server.say("den", "ben", "still here");
    await time.advance(100);

    expect(ann.texts("den")).toEqual(["still here"]);
    expect(server.sockets).toHaveLength(1);
  });
});

describe("another epoch", () => {
  const restore = () => {
    const room = server.room("den");
    room.epoch = "e2";
    room.log.length = 1;
    server.say("den", "ben", "after the restore");
  };

  it("starts the room afresh, once, when a push tells of it", async () => {
    const ann = await new Member(server, "ann").enter("den");
    server.say("den", "ben", "before");
    await time.advance(100);
    const snapshotsBefore = server.pages.length;

    restore();
    await time.advance(100);
    expect(ann.texts("den")).toEqual(["after the restore"]);

    await time.advance(60_000);
    expect(ann.screen("den")).toMatchObject({ epoch: "e2", seq: 2 });
    expect(server.pages.length - snapshotsBefore).toBe(1);
  });

  it("is not mistaken for the next entry of the old one", async () => {
    const ann = await new Member(server, "ann").enter("den");
    server.room("den").epoch = "e2";
    server.room("den").log[0]!.at = 7;
    server.say("den", "ben", "the next seq, of another log");
    await time.advance(100);

    expect(ann.screen("den")).toMatchObject({ epoch: "e2", seq: 2 });
    expect(ann.texts("den")).toEqual(["the next seq, of another log"]);
  });

  it("starts the room afresh when only the keep-alive tells of it", async () => {
    const ann = await new Member(server, "ann").enter("den");
    loseNext(restore);
    await time.advance(31_000);

    expect(ann.screen("den")).toMatchObject({ epoch: "e2", seq: 2 });
  });

  it("starts the room afresh on coming back", async () => {
    const ann = await new Member(server, "ann").enter("den");
    server.line("ann").breakOff();
    restore();
    await time.advance(60_000);

    expect(ann.screen("den")).toMatchObject({ epoch: "e2", seq: 2 });
    server.say("den", "ben", "and on it goes");
    await time.advance(100);
    expect(ann.texts("den")).toEqual(["after the restore", "and on it goes"]);
  });
});

describe("catching up by REST", () => {
  it("starts afresh when the entries are gone", async () => {
    const ann = await new Member(server, "ann").enter("den");
    loseNext(() => {
      for (let n = 0; n < 9; n += 1) server.say("den", "ben", `${n}`);
    });
    server.room("den").firstSeq = 5;
    await time.advance(31_000);

    expect(ann.screen("den").seq).toBe(10);
    expect(server.pages.at(-1)).toBe("messages den");
  });

  it("tries again, later and later, while the pages cannot be had", async () => {
    const ann = await new Member(server, "ann").enter("den");
    server.faults = { ...server.faults, failPage: 1 };
    loseNext(() => server.say("den", "ben", "lost"));
    server.say("den", "ben", "next");
    await time.advance(60_000);
    const tries = eventPages().length;
    expect(tries).toBeGreaterThan(3);
    expect(tries).toBeLessThan(20);

    server.faults = { ...server.faults, failPage: 0 };
    await time.advance(31_000);
    expect(ann.texts("den")).toEqual(["lost", "next"]);
  });

  it("ends when the room is not to be seen any more", async () => {
    const refused = new ApiError(
      "not_found",
      404,
      "There is nothing here.",
      false,
    );
    const api = { ...server.api, events: () => Promise.reject(refused) };
    const ann = await new Member(server, "ann", { api }).enter("den");
    loseNext(() => server.say("den", "ben", "lost"));
    server.say("den", "ben", "next");
    await time.advance(1_000);

    expect(ann.told.at(-1)).toMatchObject({
      kind: "joinRefused",
      event: { code: "not_found" },
    });
  });

  it("keeps the room while only the session has ended", async () => {
    const refused = new ApiError(
      "not_signed_in",
      401,
      "Please sign in.",
      false,
    );
    let isSignedIn = false;
    const api = {
      ...server.api,
      messages: (roomId: string, range: { limit: number }) =>
        isSignedIn
          ? server.api.messages(roomId, range)
          : Promise.reject(refused),
    };
    const ann = await new Member(server, "ann", { api }).enter("den");
    await time.advance(10_000);
    isSignedIn = true;
    await time.advance(30_000);

    expect(ann.screen("den").seq).toBe(1);
  });

  it("never takes the last page for all when more has come meanwhile", async () => {
    const ann = await new Member(server, "ann").enter("den");
    loseNext(() => server.say("den", "ben", "lost"));
    server.say("den", "ben", "next");
    await time.advance(420);
    loseNext(() => server.say("den", "ben", "lost while fetching"));
    server.say("den", "ben", "last");
    await time.advance(1_000);

    expect(ann.texts("den")).toEqual(server.texts("den"));
  });
});
