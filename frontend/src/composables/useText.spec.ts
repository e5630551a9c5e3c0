import { expect, test } from "vitest";

import { useSettings } from "../stores/settings";
import { fakeApp } from "../testing/fakeServices";
import { useText } from "./useText";

test("what failed is followed by why, with a space where the language puts one", () => {
  const { tFailure } = text();
  const told = () => tFailure("message.failed", "room_closed");

  expect(told()).toBe("Not sent. This room is closed.");
  useSettings().language = "zh-CN";
  expect(told()).toBe("未能发送。这个房间已关闭。");
});

test("a failure without a reason is said alone", () => {
  expect(text().tFailure("message.failed", undefined)).toBe("Not sent.");
});

test("a refusal that only a newer server knows is said in general", () => {
  const { tRefusal } = text();

  expect(tRefusal("eaten_by_the_cat")).toBe(tRefusal("internal_error"));
  expect(tRefusal("room_closed")).not.toBe(tRefusal("internal_error"));
});

function text() {
  fakeApp();
  return useText();
}
