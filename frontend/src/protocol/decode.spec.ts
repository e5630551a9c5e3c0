import { expect, it } from "vitest";

import { DecodeError, decodeFrame } from "./decode";
import { EVENT_KINDS, FRAME_FIELDS } from "./frames";

it("reads what the server says, with the client's own rules", () => {
  const frame = { type: "unjoined", roomId: "den" };

  expect(decodeFrame(JSON.stringify(frame))).toEqual(frame);
  expect(() => decodeFrame('{"type":"unjoined"}')).toThrow(DecodeError);
});

it("names the generated frames from one place", () => {
  expect(Object.keys(FRAME_FIELDS)).toContain("welcome");
  expect(EVENT_KINDS).toContain("messageSent");
});
