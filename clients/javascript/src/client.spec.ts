import { beforeEach, describe, expect, it } from "vitest";

import { FakeServer } from "../testing/fakeServer.js";
import { FakeTime, seededRandom } from "../testing/fakeTime.js";
import { Member } from "../testing/member.js";

let time: FakeTime;
let server: FakeServer;

beforeEach(() => {
  time = new FakeTime();
  server = new FakeServer(time, seededRandom(1));
  server.addRoom("den");
});

describe("two people in a room", () => {
  it("hear one another, once and in order", async () => {
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
});
