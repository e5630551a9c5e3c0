import { expect, it } from "vitest";

import { Member } from "../testing/member.js";
import { received, setScene } from "../testing/scene.js";

it("says that somebody writes at once, then at most once in 3 s, and anew after a message", async () => {
  const { time, server } = setScene();
  const ann = await new Member(server, "ann").enter("den");
  const heard = () => received(server, "signalTyping").length;

  ann.client.signalTyping("den");
  ann.client.signalTyping("den");
  await time.advance(2_900);
  ann.client.signalTyping("den");
  await time.advance(100);
  expect(heard()).toBe(1);

  ann.client.signalTyping("den");
  await time.advance(100);
  expect(heard()).toBe(2);

  ann.client.send("den", "said");
  ann.client.signalTyping("den");
  await time.advance(100);
  expect(heard()).toBe(3);
});
