import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, expect, test, vi } from "vitest";

import { fakeApp } from "../../testing/fakeServices";
import { ApiError, type ChatApi } from "../../transport/chatApi";
import ReportDialog from "./ReportDialog.vue";

const report = vi.fn<ChatApi["report"]>();
let dialog: VueWrapper;
afterEach(() => dialog.unmount());

test("what is wrong is told to who keeps order, and that it was is said", async () => {
  const { send } = opened();

  await send("  rude ");

  expect(report).toHaveBeenCalledExactlyOnceWith({
    ...{ roomId: "den", seq: 4, reason: "rude" },
  });
  expect(dialog.get("[role=status]").text()).toContain("Thank you.");
  expect(dialog.find("form").exists()).toBe(false);
});

test("a reason is not asked for", async () => {
  const { send } = opened();

  await send("  ");

  expect(report).toHaveBeenCalledExactlyOnceWith({ roomId: "den", seq: 4 });
});

test("too many words are said at the field before anybody is told", async () => {
  const { send, field } = opened();

  await send("茶".repeat(501));
  expect(dialog.get("[role=alert]").text()).toBe("Use at most 500 characters.");
  expect(report).not.toHaveBeenCalled();
  expect(document.activeElement).toBe(field.element);

  await send("茶".repeat(500)); // the control
  expect(report).toHaveBeenCalledOnce();
});

test("a refusal is told, and what was written stays", async () => {
  report.mockRejectedValueOnce(
    new ApiError("too_many_requests", 429, "", true),
  );
  const { send, field } = opened();

  await send("rude");

  expect(dialog.get("[role=alert]").text()).toContain("a little fast");
  expect((field.element as HTMLTextAreaElement).value).toBe("rude");
});

function opened() {
  const { app } = fakeApp({ report });
  dialog = mount(ReportDialog, {
    attachTo: document.body,
    props: { roomId: "den", seq: 4 },
    global: { provide: app._context.provides },
  });
  const field = dialog.get("[data-testid=report-reason]");
  const send = async (reason: string) => {
    await field.setValue(reason);
    await dialog.get("form").trigger("submit");
    await flushPromises();
  };
  return { field, send };
}
