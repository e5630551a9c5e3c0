import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { nextTick, reactive, ref } from "vue";

import { FakeObserver } from "../testing/fakeObserver";
import { hosted } from "../testing/hosted";
import { useNewMark } from "./useNewMark";

let list: HTMLElement;
const mark = () => list.querySelector("hr")!;

beforeEach(() => {
  list = document.createElement("div");
  vi.stubGlobal("IntersectionObserver", FakeObserver);
});
afterEach(() => vi.unstubAllGlobals());

function reading(newCount: number, shown: string) {
  list.innerHTML = shown;
  const state = reactive({ newCount, rows: 0 });
  const { given, leave } = hosted(() =>
    useNewMark(ref(list), {
      rows: () => state.rows,
      newCount: () => state.newCount,
    }),
  );
  const draws = async (html: string) => {
    list.innerHTML = html;
    state.rows += 1;
    await nextTick();
    await nextTick();
  };
  return { state, given, leave, draws, observer: FakeObserver.last };
}
const MARK = '<hr data-testid="new-mark" />';

test("a mark further up than what was fetched is away", () => {
  expect(reading(3, "").given.isMarkAway.value).toBe(true);
  expect(reading(0, "").given.isMarkAway.value).toBe(false);
});

test("once it was seen there is no way to it, though one goes on", () => {
  const { given, observer } = reading(3, MARK);
  observer.see(mark(), false);
  expect(given.isMarkAway.value).toBe(true);

  observer.see(mark());
  expect(given.isMarkAway.value).toBe(false);
  observer.see(mark(), false);
  expect(given.isMarkAway.value).toBe(false);
});

test("a mark that is drawn later is looked at in place of the one before", async () => {
  const { given, observer, draws } = reading(3, "");
  await draws(MARK);
  const first = mark();
  expect([...observer.observed]).toEqual([first]);

  await draws(MARK);
  expect([...observer.observed]).toEqual([mark()]);
  expect(mark()).not.toBe(first);
  observer.see(mark());
  expect(given.isMarkAway.value).toBe(false);
});

test("what is new after all was read is away again", async () => {
  const { state, given, observer, draws } = reading(3, MARK);
  observer.see(mark());
  state.newCount = 0;
  await draws("");

  state.newCount = 2;
  await draws("");

  expect(given.isMarkAway.value).toBe(true);
});

test("who has left looks at nothing", () => {
  const { leave, observer } = reading(3, MARK);

  leave();

  expect(observer.observed.size).toBe(0);
});
