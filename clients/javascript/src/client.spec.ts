import { beforeEach, describe, expect, it } from "vitest";

import type { FakeServer } from "../testing/fakeServer.js";
import type { FakeTime } from "../testing/fakeTime.js";
import { Member } from "../testing/member.js";
import { received, setScene } from "../testing/scene.js";
import { TextRefused } from "./text.js";

let time: FakeTime;
let server: FakeServer;

beforeEach(() => {
  ({ time, server } = setScene());
});

describe("TeahouseClient", () => {
  it("lets two people hear one another, once and in order", async () => {
    const ann = await new Member(server, "ann").enter("den");
    const ben = await new Member(server, "ben").enter("den");

    ann.client.send("den", "hello");
    await time.advance(100);
    ben.client.send("den", "hi ann");
    await time.advance(100);

    expect(server.texts("den")).toEqual(["hello", "hi ann"]);
    expect(ann.texts("den")).toEqual(["hello", "hi ann"]);
    expect(ben.texts("den")).toEqual(["hello", "hi ann"]);
    expect(ann.client.outboxItems).toEqual([]);
    expect(await ann.outbox.load()).toEqual([]);
  });

  it("refuses a text before anything travels", async () => {
    const ann = await new Member(server, "ann").enter("den");
    const texts = {
      empty: " \n\u200b",
      chars: "x".repeat(8_001),
      bytes: "茶".repeat(6_000),
    };

    expect(() => ann.client.send("den", texts.empty)).toThrow(TextRefused);
    expect(() => ann.client.send("den", texts.chars)).toThrow(
      "too_many_characters",
    );
    expect(() => ann.client.send("den", texts.bytes)).toThrow("too_many_bytes");
    await time.advance(1_000);
    expect(received(server, "sendMessage")).toEqual([]);
    expect(ann.client.outboxItems).toEqual([]);

    ann.client.send("den", "x".repeat(8_000)); // the control: the longest text that fits
    await time.advance(1_000);
    expect(server.texts("den")).toHaveLength(1);
  });

  it("trims what it sends", async () => {
    const ann = await new Member(server, "ann").enter("den");

    expect(ann.client.send("den", "  tea \n").text).toBe("tea");
  });

  it("tells of rooms that come and go", async () => {
    const ann = await new Member(server, "ann").enter("den");
    const added: string[] = [];
    ann.client.on("roomAdded", ({ room }) => added.push(room.id));
    const room = { id: "hut", name: "Hut" };

    server.line("ann").deliver(JSON.stringify({ type: "roomAdded", room }));
    server.line("ann").deliver(
      JSON.stringify({
        type: "roomRemoved",
        roomId: "den",
        reason: "removed",
      }),
    );
    server.say("den", "ben", "after she was removed");
    await time.advance(60_000);

    expect(added).toEqual(["hut"]);
    expect(ann.told).toContainEqual({
      kind: "roomRemoved",
      event: { roomId: "den", reason: "removed" },
    });
    expect(ann.texts("den")).toEqual([]);
  });

  it("hears a room no more that it has unjoined, and again after joining", async () => {
    const ann = await new Member(server, "ann").enter("den");
    ann.client.unjoinRoom("den");
    await time.advance(100);

    server.say("den", "ben", "unheard");
    await time.advance(100);
    expect(ann.texts("den")).toEqual([]);

    ann.client.joinRoom("den");
    await time.advance(100);
    expect(ann.texts("den")).toEqual(["unheard"]);
  });

  it("stops when the server takes it for somebody else", async () => {
    const ann = new Member(server, "ann", { userId: "somebody" });
    ann.client.send("den", "not as ann");
    ann.client.connect();
    await time.advance(60_000);

    expect(ann.told.map(({ kind }) => kind)).toContain("signedOut");
    expect(ann.client.state).toBe("offline");
    expect(server.texts("den")).toEqual([]);
    expect(ann.outboxStates()).toEqual({ "not as ann": "pending" });
  });

  it("tells at most every 2 s how far somebody has read, and the newest place", async () => {
    const ann = await new Member(server, "ann").enter("den");

    for (const seq of [1, 3, 2]) ann.client.markRead("den", seq);
    await time.advance(1_999);
    const early = received(server, "markRead").map(({ seq }) => seq);
    await time.advance(100);

    expect(early).toEqual([1]);
    expect(received(server, "markRead").map(({ seq }) => seq)).toEqual([1, 3]);
  });

  it("leaves no timer and no line behind when it is closed", async () => {
    const ann = await new Member(server, "ann").enter("den");
    ann.client.markRead("den", 1);
    ann.client.send("den", "on its way");
    await time.settle();

    ann.client.close();
    await time.advance(1_000);

    expect(time.pending).toBe(0);
    expect(server.openLines("ann")).toEqual([]);
    expect(ann.client.state).toBe("offline");
  });

  it("can connect again after it was closed", async () => {
    const ann = await new Member(server, "ann").enter("den");
    ann.client.close();
    ann.client.send("den", "said while closed");
    await time.advance(1_000);

    await ann.enter("den");

    expect(ann.texts("den")).toEqual(["said while closed"]);
  });

  it("keeps on when a listener throws", async () => {
    const thrown: unknown[] = [];
    const keep = (error: unknown) => thrown.push(error);
    process.on("uncaughtException", keep);
    const ann = new Member(server, "ann");
    ann.client.on("welcome", () => {
      throw new Error("a bug of the page");
    });
    await ann.enter("den");
    server.say("den", "ben", "still heard");
    await time.advance(100);
    process.off("uncaughtException", keep);

    expect(ann.texts("den")).toEqual(["still heard"]);
    expect(thrown).toHaveLength(1);
  });
});
