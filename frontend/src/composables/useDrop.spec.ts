import { expect, test, vi } from "vitest";

import { useDrop } from "./useDrop";

/** A drag that holds files, or words only. */
function drag(files: File[], types = ["Files"]) {
  const event = new Event("drag", { cancelable: true }) as DragEvent;
  Object.defineProperty(event, "dataTransfer", { value: { types, files } });
  return event;
}
const tea = new File(["tea"], "tea.png");

test("files held over the place, and its children, are let go there", () => {
  const take = vi.fn();
  const { on, isOver } = useDrop(take);

  on.dragenter(drag([]));
  on.dragenter(drag([]));
  on.dragleave(drag([]));
  expect(isOver.value).toBe(true);
  const over = drag([]);
  on.dragover(over);
  expect(over.defaultPrevented).toBe(true);
  on.drop(drag([tea]));

  expect(isOver.value).toBe(false);
  expect(take.mock.calls).toEqual([[[tea]]]);
});

test("whoever goes away again drops nothing", () => {
  const { on, isOver } = useDrop(vi.fn());

  on.dragenter(drag([]));
  on.dragleave(drag([]));
  on.dragleave(drag([]));

  expect(isOver.value).toBe(false);
});

test("words that are dragged about are the browser's", () => {
  const take = vi.fn();
  const { on, isOver } = useDrop(take);
  const words = () => drag([], ["text/plain"]);

  on.dragenter(words());
  expect(isOver.value).toBe(false);
  for (const act of [on.dragleave, on.dragover, on.drop]) {
    const event = words();
    act(event);
    expect(event.defaultPrevented).toBe(false);
  }

  expect(take).not.toHaveBeenCalled();
});
