import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { nextTick, reactive, ref } from "vue";

import { FakeObserver } from "../testing/fakeObserver";
import { hosted } from "../testing/hosted";
import { useEdges } from "./useEdges";

const fetch = vi.fn();
const top = document.createElement("div");
const scroller = ref(document.createElement("div"));

beforeEach(() => vi.stubGlobal("IntersectionObserver", FakeObserver));
afterEach(() => vi.unstubAllGlobals());

function edge(change = {}) {
  const state = reactive({
    ...{ hasMore: true, isFetching: false, hasFailed: false },
    ...change,
  });
  const { leave } = hosted(() =>
    useEdges(scroller, [
      {
        mark: ref(top),
        hasMore: () => state.hasMore,
        isFetching: () => state.isFetching,
        hasFailed: () => state.hasFailed,
        fetch,
      },
    ]),
  );
  return { state, leave, observer: FakeObserver.last };
}

test("an edge that comes near asks for more, one that goes away does not", () => {
  const { observer } = edge();

  observer.see(top, false);
  expect(fetch).not.toHaveBeenCalled();
  observer.see(top);
  expect(fetch).toHaveBeenCalledOnce();
  expect(observer.options.root).toBe(scroller.value);
});

test.each([{ hasMore: false }, { isFetching: true }])(
  "nobody asks twice, nor for what is not there: %j",
  (change) => {
    edge(change).observer.see(top);

    expect(fetch).not.toHaveBeenCalled();
  },
);

test("a page that did not fill the screen is followed by another look", async () => {
  const { state, observer } = edge();
  state.isFetching = true;
  await nextTick();
  expect(observer.looks).toBe(1);

  state.isFetching = false;
  await nextTick();
  await nextTick();

  expect(observer.looks).toBe(2);
});

test("one that failed waits for the person", async () => {
  const { state, observer } = edge();
  state.isFetching = true;
  await nextTick();
  Object.assign(state, { isFetching: false, hasFailed: true });
  await nextTick();
  await nextTick();

  expect(observer.looks).toBe(1);
});

test("who has left looks no more", () => {
  const { leave, observer } = edge();

  leave();
  observer.see(top);

  expect(observer.observed.size).toBe(0);
  expect(fetch).not.toHaveBeenCalled();
});
