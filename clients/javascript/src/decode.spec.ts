import { describe, expect, it } from "vitest";

import { DecodeError, decodeFrame } from "./decode.js";

const read = (value: unknown) => decodeFrame(JSON.stringify(value));
const event = { seq: 2, kind: "messageSent", by: "ann", at: 1, text: "tea" };
const sent = { ...event, clientMessageId: "id", number: 1, attachments: [] };
const events = { type: "events", roomId: "den", epoch: "e1", users: {} };

describe("decodeFrame", () => {
  it("reads a frame of a known type, with fields and kinds it does not know", () => {
    const frame = {
      ...events,
      events: [sent, { ...event, kind: "lanternLit" }],
      more: "yet",
    };

    expect(read(frame)).toEqual(frame);
  });

  it("ignores frames without a type, and types it does not know", () => {
    const gateways = {
      message: "Internal server error",
      connectionId: "c",
      requestId: "r",
    };

    expect(read(gateways)).toBeUndefined();
    expect(read({ type: 7 })).toBeUndefined();
    expect(read({ type: "lanternLit" })).toBeUndefined();
    expect(read({ type: "toString" })).toBeUndefined();
    expect(read({ type: "__proto__" })).toBeUndefined();
  });

  it.each([
    ["no text", new ArrayBuffer(2)],
    ["no JSON", "{"],
    ["no object", "[]"],
    ["null", "null"],
    ["a field is missing", JSON.stringify({ type: "unjoined" })],
    [
      "a field is of another type",
      JSON.stringify({ type: "unjoined", roomId: 7 }),
    ],
    ["a list is none", JSON.stringify({ ...events, events: {} })],
    ["an event is no object", JSON.stringify({ ...events, events: [null] })],
    [
      "an event has no seq",
      JSON.stringify({ ...events, events: [{ kind: "x" }] }),
    ],
    [
      "a seq is a fraction",
      JSON.stringify({ ...events, events: [{ ...sent, seq: 1.5 }] }),
    ],
    [
      "an event lacks what its kind has",
      JSON.stringify({ ...events, events: [event] }),
    ],
  ])("refuses a frame when %s", (_, data) => {
    expect(() => decodeFrame(data)).toThrow(DecodeError);
  });

  it("looks into the entry of an acknowledgement", () => {
    const ack = {
      type: "sent",
      roomId: "den",
      clientMessageId: "id",
      epoch: "e1",
      seq: 2,
    };

    expect(read({ ...ack, event: sent })).toMatchObject({ event: sent });
    expect(() => read({ ...ack, event })).toThrow(
      "messageSent.clientMessageId is no string",
    );
  });
});
