import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ref } from "vue";

import { useMessagePlaces } from "./useMessagePlaces";

const scroller = ref<HTMLElement | null>(null);
const scrolled = vi.fn();

beforeEach(() => {
  document.body.innerHTML = `
    <div tabindex="0"><p data-seq="2" tabindex="-1"></p>
      <hr data-testid="new-mark" /><p data-seq="12" tabindex="-1"></p></div>
    <p data-seq="30" tabindex="-1"></p>`;
  scroller.value = document.querySelector("div");
  for (const one of document.querySelectorAll("[data-seq], hr"))
    one.scrollIntoView = () => scrolled(one.getAttribute("data-seq") ?? "mark");
});
afterEach(() => {
  document.body.innerHTML = "";
});

test("a message is brought into view, lit, and has the focus", () => {
  const { scrollToSeq, litSeq } = useMessagePlaces(scroller);

  scrollToSeq(2);

  expect(scrolled.mock.calls).toEqual([["2"]]);
  expect(litSeq.value).toBe(2);
  expect(document.activeElement?.getAttribute("data-seq")).toBe("2");
});

test("a message of another list is not gone to", () => {
  useMessagePlaces(scroller).scrollToSeq(30);

  expect(scrolled).not.toHaveBeenCalled();
  expect(document.activeElement).toBe(document.body);
});

test("what is new is shown where its mark is here, and said to be away where it is not", () => {
  const { scrollToMark } = useMessagePlaces(scroller);
  expect(scrollToMark()).toBe(true);
  expect(scrolled.mock.calls).toEqual([["mark"]]);
  expect(document.activeElement).toBe(scroller.value);

  document.querySelector("hr")?.remove();
  expect(scrollToMark()).toBe(false);
});

test("a page is nearly as long as what is seen, so that a line stays", () => {
  const by = vi.spyOn(scroller.value!, "scrollBy");
  vi.spyOn(scroller.value!, "clientHeight", "get").mockReturnValue(500);
  const { turnPage } = useMessagePlaces(scroller);

  turnPage(1);
  turnPage(-1);

  expect(by.mock.calls).toEqual([[{ top: 450 }], [{ top: -450 }]]);
});

test("a list that is not there yet is left alone", () => {
  scroller.value = null;
  const places = useMessagePlaces(scroller);

  places.scrollToSeq(2);
  places.turnPage(1);

  expect(places.scrollToMark()).toBe(false);
});
