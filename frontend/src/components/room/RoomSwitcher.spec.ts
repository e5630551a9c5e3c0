import { mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, expect, test } from "vitest";

import { useRooms } from "../../stores/rooms";
import { den } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import RoomSwitcher from "./RoomSwitcher.vue";

let switcher: VueWrapper;
afterEach(() => switcher.unmount());

test("a few letters and Enter lead to a room", async () => {
  const { type, press, names } = opened();
  expect(names()).toHaveLength(3); // the control

  await type("owl");
  expect(names()).toEqual(["Night owls"]);
  await press("Enter");

  expect(switcher.emitted("choose")).toEqual([["owls"]]);
});

test("arrows go round, and tell a screen reader where they are", async () => {
  const { field, press, names } = opened();
  const pointed = () => {
    const id = field.attributes("aria-activedescendant");
    const option = switcher.get("[aria-selected=true]");
    expect(option.attributes("id")).toBe(id);
    return option.get(".name").text();
  };
  expect(pointed()).toBe(names()[0]);

  await press("ArrowUp");
  expect(pointed()).toBe(names()[2]);
  await press("ArrowDown");
  await press("ArrowDown");

  expect(pointed()).toBe(names()[1]);
});

test("Enter that confirms a candidate of an input method leads nowhere", async () => {
  const { type, press } = opened();
  await type("den");

  await press("Enter", { isComposing: true });
  await press("Enter", { keyCode: 229 });

  expect(switcher.emitted("choose")).toBeUndefined();
  await press("Enter", { keyCode: 13 }); // the control
  expect(switcher.emitted("choose")).toEqual([["den"]]);
});

test("what is not there is said, and Enter chooses nothing", async () => {
  const { type, press } = opened();

  await type("samovar");
  await press("ArrowDown");
  await press("Enter");

  expect(switcher.get("[role=status]").text()).toBe("Nothing of that name.");
  expect(switcher.emitted("choose")).toBeUndefined();
});

test("the room that is left out is not offered; a click chooses another", async () => {
  const { names } = opened(["den"]);
  expect(names().sort()).toEqual(["Night owls", "The garden"]);

  await switcher.get("[role=option]").trigger("click");

  expect(switcher.emitted("choose")).toHaveLength(1);
});

function opened(without: string[] = []) {
  const { app } = fakeApp();
  const rooms = useRooms();
  rooms.take(den);
  rooms.take({ ...den, id: "owls", name: "Night owls" });
  rooms.take({ ...den, id: "garden", name: "The garden" });
  switcher = mount(RoomSwitcher, {
    attachTo: document.body,
    props: { title: "Go to a room", without },
    global: { provide: app._context.provides },
  });
  const field = switcher.get("[role=combobox]");
  const type = (text: string) => field.setValue(text);
  const press = (key: string, init: KeyboardEventInit = {}) =>
    field.trigger("keydown", { key, ...init });
  const names = () => switcher.findAll(".name").map((name) => name.text());
  return { field, type, press, names };
}
