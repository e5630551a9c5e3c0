import { beforeEach, describe, expect, it } from "vitest";

import type { FakeServer } from "../testing/fakeServer.js";
import type { FakeTime } from "../testing/fakeTime.js";
import { FakeStorage, Member } from "../testing/member.js";
import { received, setScene } from "../testing/scene.js";
import { tabsSessionSeen } from "./sessionSeen.js";

const MINUTE_MS = 60_000;

let time: FakeTime;
let server: FakeServer;

beforeEach(() => {
  ({ time, server } = setScene());
});

const refuseHandshakes = () =>
  (server.faults = { ...server.faults, refuseHandshake: 1 });
const acceptHandshakes = () =>
  (server.faults = { ...server.faults, refuseHandshake: 0 });
const states = (member: Member) =>
  member.told.filter(({ kind }) => kind === "state").map(({ event }) => event);

describe("connecting", () => {
  it("offers the subprotocol, and a fresh ticket each time", async () => {
    let tickets = 0;
    const ann = new Member(server, "ann", {
      ticket: async () => `t${++tickets}`,
    });
    await ann.enter("den");
    server.line("ann").breakOff();
    await time.advance(MINUTE_MS);

    expect(server.sockets.map(({ protocols }) => protocols)).toEqual([
      ["teahouse.v1", "ticket.t1"],
      ["teahouse.v1", "ticket.t2"],
    ]);
  });

  it("says hello first", async () => {
    await new Member(server, "ann").enter("den");

    expect(server.received.map(({ action }) => action)).toEqual([
      "hello",
      "joinRoom",
    ]);
  });

  it("tells its states in order", async () => {
    const ann = await new Member(server, "ann").enter("den");
    server.line("ann").breakOff();
    await time.advance(MINUTE_MS);
    ann.client.close();

    expect(states(ann)).toEqual(
      [
        "connecting",
        "connected",
        "waiting",
        "connecting",
        "connected",
        "offline",
      ].map((state) => ({
        state,
      })),
    );
  });

  it("gives up a socket that never opens", async () => {
    server.latencyMs = 20_000;
    const ann = new Member(server, "ann");
    ann.client.connect();
    await time.advance(15_000);

    expect(ann.client.state).toBe("waiting");
    expect(server.sockets[0]?.isClosed).toBe(true);
  });

  it("gives up a socket whose hello has no answer", async () => {
    const ann = new Member(server, "ann");
    ann.client.connect();
    await time.advance(6);
    server.line("ann").goDead();
    await time.advance(10_000);

    expect(ann.client.state).toBe("waiting");
  });
});

describe("coming back", () => {
  it("backs off with full jitter, from half a second to half a minute", async () => {
    refuseHandshakes();
    const ann = new Member(server, "ann", { random: () => 0.999_999 });
    const opened: number[] = [];
    ann.client.on("state", ({ state }) => {
      if (state === "connecting") opened.push(time.now);
    });
    ann.client.connect();
    await time.advance(3 * MINUTE_MS);

    const pauses = opened
      .slice(1)
      .map((at, index) => Math.round((at - opened[index]!) / 100) / 10);
    expect(pauses.slice(0, 8)).toEqual([0.5, 1, 2, 4, 8, 16, 30, 30]);
  });

  it("renews the session before it tries again after a handshake that failed", async () => {
    refuseHandshakes();
    let renewed = 0;
    const renewSession = async () => ++renewed > 0;
    const ann = new Member(server, "ann", { renewSession });
    ann.client.connect();
    await time.advance(5);
    expect(renewed).toBe(0); // the control: the first try needs none

    acceptHandshakes();
    await time.advance(MINUTE_MS);

    expect(renewed).toBe(1);
    expect(ann.client.state).toBe("connected");
  });

  it("renews once a minute, however often handshakes fail", async () => {
    refuseHandshakes();
    let renewed = 0;
    const ann = new Member(server, "ann", {
      renewSession: async () => ++renewed > 0,
    });
    ann.client.connect();
    await time.advance(MINUTE_MS);
    expect(server.sockets.length).toBeGreaterThan(4); // the control: it tries often
    expect(renewed).toBe(1);

    await time.advance(2 * MINUTE_MS);

    expect(renewed).toBeGreaterThan(1);
    expect(renewed).toBeLessThan(4);
  });

  it("renews once for all tabs of a browser", async () => {
    refuseHandshakes();
    let renewed = 0;
    const options = {
      renewSession: async () => ++renewed > 0,
      sessionSeen: tabsSessionSeen(new FakeStorage()),
    };
    const tabs = [1, 2, 3].map(() => new Member(server, "ann", options));
    for (const tab of tabs) tab.client.connect();
    await time.advance(50_000);
    expect(server.sockets.length).toBeGreaterThan(12); // the control: each tries often

    expect(renewed).toBe(1);
  });

  it("tells every tab of a browser that the session has ended", async () => {
    refuseHandshakes();
    const options = {
      renewSession: async () => false,
      sessionSeen: tabsSessionSeen(new FakeStorage()),
    };
    const tabs = [1, 2, 3].map(() => new Member(server, "ann", options));
    for (const tab of tabs) tab.client.connect();
    await time.advance(2_000);

    for (const tab of tabs) expect(tab.told.at(-1)?.kind).toBe("signedOut");
  });

  it("does not renew what the lost line has shown to be alive a moment ago", async () => {
    let renewed = 0;
    const ann = await new Member(server, "ann", {
      renewSession: async () => ++renewed > 0,
    }).enter("den");
    await time.advance(10 * MINUTE_MS); // the keep-alive was answered in the last 30 s
    refuseHandshakes();
    server.line("ann").breakOff();
    const socketsBefore = server.sockets.length;
    await time.advance(20_000);
    expect(server.sockets.length).toBeGreaterThan(socketsBefore + 2); // they were refused
    expect(renewed).toBe(0);

    await time.advance(2 * MINUTE_MS);
    expect(renewed).toBeGreaterThan(0); // the control
    expect(ann.client.state).not.toBe("offline");
  });

  it("renews at once after a long sleep", async () => {
    let renewed = 0;
    const ann = await new Member(server, "ann", {
      renewSession: async () => ++renewed > 0,
    }).enter("den");
    refuseHandshakes();
    time.now += 60 * MINUTE_MS; // no timer ran meanwhile
    server.line("ann").breakOff();
    await time.advance(2_000);

    expect(renewed).toBe(1);
    expect(ann.client.state).not.toBe("offline");
  });

  it("renews nothing when a line is lost that was welcome", async () => {
    let renewed = 0;
    const ann = new Member(server, "ann", {
      renewSession: async () => ++renewed > 0,
    });
    await ann.enter("den");
    server.line("ann").breakOff();
    await time.advance(MINUTE_MS);

    expect(ann.client.state).toBe("connected");
    expect(renewed).toBe(0);
  });

  it("stops when the session has ended", async () => {
    refuseHandshakes();
    const ann = new Member(server, "ann", { renewSession: async () => false });
    ann.client.connect();
    await time.advance(10 * MINUTE_MS);

    expect(ann.told.at(-1)).toMatchObject({
      kind: "signedOut",
      event: { code: "not_signed_in" },
    });
    expect(server.sockets).toHaveLength(1);
  });

  it("goes on trying while the session cannot be renewed for want of a network", async () => {
    refuseHandshakes();
    let isUp = false;
    const renewSession = async () => {
      if (!isUp) throw new TypeError("fetch failed");
      return true;
    };
    const ann = new Member(server, "ann", { renewSession });
    ann.client.connect();
    await time.advance(2 * MINUTE_MS);
    isUp = true;
    acceptHandshakes();
    await time.advance(MINUTE_MS);

    expect(ann.client.state).toBe("connected");
  });

  it("comes at once when the network is back", async () => {
    refuseHandshakes();
    const ann = new Member(server, "ann");
    ann.surroundings.change({ online: false });
    ann.client.connect();
    await time.advance(5 * MINUTE_MS);
    expect(ann.client.state).toBe("offline");

    acceptHandshakes();
    const socketsBefore = server.sockets.length;
    ann.surroundings.change({ online: true });
    await time.advance(30);

    expect(server.sockets).toHaveLength(socketsBefore + 1);
    expect(ann.client.state).toBe("connected");
  });

  it("ignores what an old socket says late", async () => {
    const ann = await new Member(server, "ann").enter("den");
    const old = server.line("ann");
    const hear = old.onmessage;
    const lose = old.onclose;
    old.breakOff();
    await time.advance(MINUTE_MS);

    hear?.({
      data: JSON.stringify({
        type: "goodbye",
        code: "x",
        message: "",
        reconnect: false,
      }),
    });
    lose?.(undefined as never);
    await time.advance(100);

    expect(ann.client.state).toBe("connected");
    expect(server.openLines("ann")).toHaveLength(1);
  });
});

describe("goodbye", () => {
  const say = (frame: object) =>
    server
      .line("ann")
      .deliver(JSON.stringify({ type: "goodbye", message: "Bye.", ...frame }));

  it("stops for good when the server asks not to come back", async () => {
    const ann = await new Member(server, "ann").enter("den");

    say({ code: "replaced", reconnect: false });
    await time.advance(10 * MINUTE_MS);

    expect(ann.told.at(-1)).toEqual({
      kind: "stopped",
      event: { code: "replaced", message: "Bye." },
    });
    expect(server.sockets).toHaveLength(1);
  });

  it("goes on where it was when it is told to after all", async () => {
    const ann = await new Member(server, "ann").enter("den");
    say({ code: "too_many_connections", reconnect: false });
    ann.client.send("den", "written while it rests");
    server.say("den", "ben", "said while it rests");
    await time.advance(10 * MINUTE_MS);
    expect(ann.texts("den")).toEqual([]);

    ann.client.connect();
    await time.advance(MINUTE_MS);

    expect(ann.texts("den").toSorted()).toEqual([
      "said while it rests",
      "written while it rests",
    ]);
    expect(ann.client.outboxItems).toEqual([]);
  });

  it("says that the session has ended when that is why", async () => {
    const ann = await new Member(server, "ann").enter("den");

    say({ code: "not_signed_in", reconnect: false });

    expect(ann.told.at(-1)?.kind).toBe("signedOut");
  });

  it("comes back when it may", async () => {
    const ann = await new Member(server, "ann").enter("den");

    say({ code: "deploying", reconnect: true });
    server.line("ann").breakOff();
    await time.advance(MINUTE_MS);

    expect(ann.client.state).toBe("connected");
  });
});

describe("the keep-alive", () => {
  it("asks every 30 s while somebody looks, else every 4 min", async () => {
    const ann = await new Member(server, "ann").enter("den");
    await time.advance(2 * MINUTE_MS);
    expect(received(server, "ping")).toHaveLength(4);

    ann.surroundings.change({ visible: false });
    await time.advance(8 * MINUTE_MS + 100);
    expect(received(server, "ping")).toHaveLength(6);

    ann.surroundings.change({ visible: true });
    await time.advance(100);
    expect(received(server, "ping")).toHaveLength(7);
  });

  it("carries the positions of the rooms", async () => {
    await new Member(server, "ann").enter("den");
    await time.advance(30_000);

    expect(received(server, "ping")[0]?.positions).toEqual({
      den: { epoch: "e1", seq: 1 },
    });
  });

  it("asks about at most 50 rooms, and about the others next time", async () => {
    const ann = await new Member(server, "ann").enter("den");
    for (let n = 1; n < 60; n += 1) {
      server.addRoom(`room${n}`);
      ann.client.joinRoom(`room${n}`);
    }
    await time.advance(MINUTE_MS);

    const asked = received(server, "ping").map(({ positions = {} }) =>
      Object.keys(positions),
    );
    expect(asked.map(({ length }) => length)).toEqual([50, 50]);
    expect(new Set(asked.flat())).toHaveLength(60);
  });

  it("leaves a line that answers nothing, and is back within a minute", async () => {
    const ann = await new Member(server, "ann").enter("den");
    server.line("ann").goDead();
    server.say("den", "ben", "into a dead line");
    await time.advance(41_000);

    expect(ann.client.state).toBe("connected");
    expect(server.sockets).toHaveLength(2);
    expect(ann.texts("den")).toEqual(["into a dead line"]);
  });
});

describe("the end of a connection's two hours", () => {
  it("opens the next line before it closes the old one, and loses nothing", async () => {
    const ann = await new Member(server, "ann").enter("den");
    let most = 0;
    for (let minute = 0; minute < 120; minute += 1) {
      server.say("den", "ben", `minute ${minute}`);
      for (let part = 0; part < 60; part += 1) {
        await time.advance(1_000);
        most = Math.max(most, server.openLines("ann").length);
      }
    }

    expect(server.sockets).toHaveLength(2);
    expect(most).toBe(2);
    expect(server.openLines("ann")).toHaveLength(1);
    expect(states(ann)).toEqual([
      { state: "connecting" },
      { state: "connected" },
    ]);
    expect(ann.texts("den")).toEqual(server.texts("den"));
  });

  it("comes between 95 and 115 minutes, by jitter", async () => {
    const rotationAt = async (drawn: number) => {
      const scene = setScene();
      const member = new Member(scene.server, "ann", { random: () => drawn });
      await member.enter("den");
      for (let minute = 1; ; minute += 1) {
        await scene.time.advance(MINUTE_MS);
        if (scene.server.sockets.length > 1) return minute;
      }
    };

    expect(await rotationAt(0)).toBe(95);
    expect(await rotationAt(0.999)).toBe(115);
  });

  it("keeps the old line when the next one cannot be opened, and tries again", async () => {
    const ann = await new Member(server, "ann").enter("den");
    await time.advance(94 * MINUTE_MS);
    refuseHandshakes();
    await time.advance(22 * MINUTE_MS);
    server.say("den", "ben", "on the old line");
    await time.advance(100);
    expect(ann.texts("den")).toEqual(["on the old line"]);
    expect(ann.client.state).toBe("connected");

    acceptHandshakes();
    await time.advance(MINUTE_MS);
    expect(server.openLines("ann")).toHaveLength(1);
    expect(server.line("ann")).not.toBe(server.sockets[0]);
  });

  it("stays when the server closes the oldest line to make room for the next", async () => {
    const ann = await new Member(server, "ann", { random: () => 0 }).enter(
      "den",
    );
    const old = server.line("ann");
    await time.advance(95 * MINUTE_MS - 200 + 16); // the next socket is there, its welcome is not
    expect(server.sockets).toHaveLength(2);
    old.deliver(
      JSON.stringify({
        type: "goodbye",
        code: "replaced",
        message: "",
        reconnect: false,
      }),
    );
    old.breakOff();
    await time.advance(1_000);

    expect(ann.client.state).toBe("connected");
  });
});
