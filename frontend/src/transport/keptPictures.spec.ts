import { IDBFactory } from "fake-indexeddb";
import { beforeEach, expect, test } from "vitest";

import { keptPictures } from "./keptPictures";

let factory: IDBFactory;
beforeEach(() => (factory = new IDBFactory()));

const kept = (id: string, place = "ann/den") => ({
  ...{ id, place },
  file: new File(["tea"], `${id}.png`, { type: "image/png" }),
});
const idsOf = async (place: string) =>
  (await keptPictures(factory).of(place)).map(({ id }) => id);

test("pictures are there after a reload, by place, in order, until they are dropped", async () => {
  const before = keptPictures(factory);
  for (const picture of [kept("b"), kept("a"), kept("c", "ben/den")])
    await before.keep(picture);

  expect(await idsOf("ann/den")).toEqual(["b", "a"]);
  expect(await idsOf("ben/den")).toEqual(["c"]);

  await keptPictures(factory).drop("b");
  await keptPictures(factory).drop("unknown");
  expect(await idsOf("ann/den")).toEqual(["a"]);
});

test("where nothing can be kept, it is refused, and asked for again the next time", async () => {
  let isAllowed = false;
  const moody = {
    open: (name: string, version: number) => {
      if (!isAllowed) throw new DOMException("private", "SecurityError");
      return factory.open(name, version);
    },
  } as IDBFactory;
  const pictures = keptPictures(moody);
  await expect(pictures.keep(kept("a"))).rejects.toThrow("private");

  isAllowed = true;
  await pictures.keep(kept("a"));

  expect(await idsOf("ann/den")).toEqual(["a"]);
});
