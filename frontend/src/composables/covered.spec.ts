import { mount } from "@vue/test-utils";
import {
  afterEach,
  beforeEach,
  expect,
  onTestFinished,
  test,
  vi,
} from "vitest";
import { h, nextTick, ref, type Ref } from "vue";

import { FakeObserver } from "../testing/fakeObserver";
import { provideCovered, useCovered } from "./covered";

beforeEach(() => vi.stubGlobal("ResizeObserver", FakeObserver));
afterEach(() => vi.unstubAllGlobals());

/** A list under notes, which a test makes as high as it likes. */
function opened() {
  const notes = document.createElement("aside");
  const list = document.createElement("div");
  const isAtEnd = ref(false);
  let room!: Readonly<Ref<number>>;
  const List = {
    setup() {
      room = useCovered(ref(list), isAtEnd);
      return () => null;
    },
  };
  const page = mount({
    setup() {
      provideCovered(ref(notes));
      return () => h(List);
    },
  });
  onTestFinished(() => page.unmount());
  const covers = async (height: number) => {
    vi.spyOn(notes, "offsetHeight", "get").mockReturnValue(height);
    FakeObserver.last.see(notes);
    await nextTick();
    return [room.value, list.scrollTop];
  };
  return { covers, list, isAtEnd };
}

test("what is covered gets room above, and what is read stays where it was", async () => {
  const { covers, list } = opened();
  list.scrollTop = 100;

  expect(await covers(40)).toEqual([40, 140]);
  expect(await covers(0)).toEqual([0, 100]);
});

test("room that is in view is taken back another time, or at the end", async () => {
  const { covers, list, isAtEnd } = opened();
  await covers(40);
  list.scrollTop = 20;
  expect(await covers(0)).toEqual([40, 20]);

  isAtEnd.value = true;
  await covers(10);

  expect((await covers(0))[0]).toBe(0);
});
