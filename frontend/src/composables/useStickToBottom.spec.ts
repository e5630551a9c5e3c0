import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { nextTick, ref } from "vue";

import { FakeObserver } from "../testing/fakeObserver";
import { hosted } from "../testing/hosted";
import { END_PX, useStickToBottom } from "./useStickToBottom";

/** A list 1,000 px long, of which 200 are seen. */
let list: HTMLElement;
let content: HTMLElement;
let height: number;
let isLive: boolean;

beforeEach(() => {
  height = 1_000;
  isLive = true;
  list = document.createElement("div");
  content = list.appendChild(document.createElement("div"));
  Object.defineProperties(list, {
    scrollHeight: { get: () => height },
    clientHeight: { get: () => 200 },
  });
  list.scrollTo = ((to: ScrollToOptions) => {
    list.scrollTop = Math.min(to.top ?? 0, height - 200);
  }) as typeof list.scrollTo;
  vi.stubGlobal("ResizeObserver", FakeObserver);
});
afterEach(() => vi.unstubAllGlobals());

function reading() {
  const rows = ref(0);
  const { given, leave } = hosted(() =>
    useStickToBottom(ref(list), ref(content), {
      rows: () => rows.value,
      isLive: () => isLive,
    }),
  );
  const scrollsTo = (top: number) => {
    list.scrollTop = top;
    list.dispatchEvent(new Event("scroll"));
  };
  return { ...given, rows, leave, scrollsTo, observer: FakeObserver.last };
}

test("whoever is at the end stays there when something grows", () => {
  const { observer } = reading();
  expect(list.scrollTop).toBe(800);

  height = 1_300;
  observer.see(content);

  expect(list.scrollTop).toBe(1_100);
});

test("whoever reads further up is left where they are, until they come near the end", () => {
  const { isAtEnd, scrollsTo, observer } = reading();
  scrollsTo(800 - END_PX - 1);
  expect(isAtEnd.value).toBe(false);
  height = 1_300;
  observer.see(content);
  expect(list.scrollTop).toBe(800 - END_PX - 1);

  scrollsTo(1_100 - END_PX);
  expect(isAtEnd.value).toBe(true);
});

test("what is read stays in its place while rows come in above", async () => {
  let above = 0;
  content.innerHTML = "<p></p><p data-anchor></p><p data-anchor></p>";
  const [, past, read] = content.children;
  past!.getBoundingClientRect = () => ({ top: -80, bottom: -40 }) as DOMRect;
  read!.getBoundingClientRect = () =>
    ({ top: above - 10, bottom: above + 30 }) as DOMRect;
  document.body.append(list);
  const { rows, scrollsTo } = reading();
  scrollsTo(300);

  rows.value += 1;
  await Promise.resolve().then(() => (above = 250));
  await nextTick();
  await nextTick();
  list.remove();

  expect(list.scrollTop).toBe(550);
});

test("where more lies below than is shown, nothing is the end", () => {
  isLive = false;
  const { isAtEnd, scrollsTo, scrollToEnd } = reading();
  expect(list.scrollTop).toBe(0);

  scrollsTo(800);
  expect(isAtEnd.value).toBe(false);

  isLive = true;
  scrollToEnd();
  list.dispatchEvent(new Event("scroll"));
  expect(isAtEnd.value).toBe(true);
});

test("who has left hears no scrolling, and looks at nothing", () => {
  const { isAtEnd, leave, scrollsTo, observer } = reading();

  leave();
  scrollsTo(0);

  expect(isAtEnd.value).toBe(true);
  expect(observer.observed.size).toBe(0);
});
