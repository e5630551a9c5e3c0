import { describe, expect, it } from "vitest";

import { ann, ben, NOON, said } from "../testing/cast";
import {
  echoesOf,
  needsDecision,
  sendStateOf,
  type OutboxItem,
} from "./outbox";
import { messageOf } from "./roomState";

const item = (
  clientMessageId: string,
  state: OutboxItem["state"] = "sending",
): OutboxItem => ({
  clientMessageId,
  roomId: "den",
  text: clientMessageId,
  state,
  createdAt: NOON,
});

it.each([
  ["pending", "queued", false],
  ["sending", "sending", false],
  ["sent", "sent", false],
  ["failed", "failed", true],
  ["unknown", "unknown", true],
] as const)("a %s message is shown as %s", (state, shown, asks) => {
  expect(sendStateOf(item("one", state))).toBe(shown);
  expect(needsDecision(item("one", state))).toBe(asks);
});

describe("echoesOf", () => {
  it("lists what the log does not show yet, in the order of sending", () => {
    const items = [item("ann-2"), item("ann-3"), item("ann-4")];
    const shown = [messageOf(said(3, ann, "there"))];

    expect(
      echoesOf(items, "den", shown, "ann").map((each) => each.clientMessageId),
    ).toEqual(["ann-2", "ann-4"]);
  });

  it("is not misled by somebody else's use of an id", () => {
    const forged = messageOf({
      ...said(3, ben, "forged"),
      clientMessageId: "ann-2",
    });

    expect(echoesOf([item("ann-2")], "den", [forged], "ann")).toHaveLength(1);
  });

  it("knows its room", () => {
    expect(echoesOf([item("ann-2")], "hut", [], "ann")).toEqual([]);
  });
});
