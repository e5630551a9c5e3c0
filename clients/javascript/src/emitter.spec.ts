import { expect, it } from "vitest";

import { Emitter } from "./emitter.js";

it("tells everybody who listens, until they stop", () => {
  const emitter = new Emitter<{ tea: string; cake: string }>();
  const heard: string[] = [];
  const stop = emitter.on("tea", (event) => heard.push(`first ${event}`));
  emitter.on("tea", (event) => heard.push(`second ${event}`));

  emitter.emit("tea", "green");
  emitter.emit("cake", "unheard");
  stop();
  emitter.emit("tea", "black");

  expect(heard).toEqual(["first green", "second green", "second black"]);
});
