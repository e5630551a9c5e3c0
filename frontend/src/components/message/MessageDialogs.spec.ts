import { flushPromises, mount } from "@vue/test-utils";
import { afterAll, expect, test, vi } from "vitest";

import { useMessageChanges } from "../../composables/useMessageChanges";
import { useMessages } from "../../stores/messages";
import { den } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import MessageDialogs from "./MessageDialogs.vue";
// What stands in for a dialog does not keep the real one from being fetched.
afterAll(() => vi.dynamicImportSettled());

test("a message is deleted only once that is confirmed, and its place is told then", async () => {
  const { dialogs, changes, client, asked } = mounted();
  changes.removing.value = 7;
  await asked("[data-testid=confirm-yes]");
  expect(client.change).not.toHaveBeenCalled();

  await dialogs.get("[data-testid=confirm-yes]").trigger("click");
  await flushPromises();

  expect(client.change).toHaveBeenCalledExactlyOnceWith({
    ...{ action: "deleteMessage", roomId: den.id, seq: 7 },
  });
  expect(dialogs.emitted("removed")).toEqual([[7]]);
  expect(dialogs.find("[data-testid=confirm-yes]").exists()).toBe(false);
});

test("who thinks better of it has deleted nothing", async () => {
  const { dialogs, changes, client, asked } = mounted();
  changes.removing.value = 7;
  await asked("[data-testid=confirm-no]");

  await dialogs.get("[data-testid=confirm-no]").trigger("click");
  await flushPromises();

  expect(client.change).not.toHaveBeenCalled();
  expect(dialogs.emitted("removed")).toBeUndefined();
  expect(dialogs.find("[data-testid=confirm-no]").exists()).toBe(false);
});

test("a deletion that is refused says why, and the question stays", async () => {
  const { dialogs, changes, client, asked } = mounted();
  client.change.mockRejectedValue(new TypeError("offline"));
  changes.removing.value = 7;
  await asked("[data-testid=confirm-yes]");

  await dialogs.get("[data-testid=confirm-yes]").trigger("click");
  await flushPromises();

  expect(dialogs.get("[role=alert]").text()).toContain("cannot be reached");
  expect(dialogs.emitted("removed")).toBeUndefined();
});

test("the emoji that is chosen goes under the message that was asked about", async () => {
  const { dialogs, changes, client, asked } = mounted();
  changes.picking.value = 7;
  await asked("reaction-dialog-stub");
  const picker = dialogs.getComponent({ name: "ReactionDialog" });

  picker.vm.$emit("choose", "🍵");
  await flushPromises();

  expect(client.change).toHaveBeenCalledExactlyOnceWith({
    ...{ action: "react", roomId: den.id, seq: 7, emoji: "🍵", on: true },
  });
  expect(changes.picking.value).toBeUndefined();
});

function mounted() {
  const { app, client } = fakeApp();
  useMessages().listen(client);
  const changes = app.runWithContext(() => useMessageChanges(() => den));
  const dialogs = mount(MessageDialogs, {
    props: { roomId: den.id, changes },
    global: {
      provide: app._context.provides,
      stubs: { ReactionDialog: true },
    },
  });
  // A dialog is fetched when it is first asked for.
  const asked = (selector: string) =>
    vi.waitFor(() => dialogs.get(selector), { timeout: 10_000 });
  return { dialogs, changes, client, asked };
}
