import { flushPromises, mount } from "@vue/test-utils";
import { beforeAll, expect, test, vi } from "vitest";
import { createMemoryHistory } from "vue-router";

import { makeRouter } from "../../router";
import { ann, ben, NOON } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import { ApiError, type ChatApi } from "../../transport/chatApi";
import ReportsDialog from "./ReportsDialog.vue";

const reports = vi.fn<ChatApi["reports"]>();
const report = { id: "1", roomId: "den", seq: 4, by: "ann", at: NOON };

beforeAll(() => {
  HTMLDialogElement.prototype.showModal ??= () => {};
  HTMLDialogElement.prototype.close ??= () => {};
});

test("who reported what of whom, and why, stands there, page by page", async () => {
  reports.mockImplementation(async ({ cursor } = {}) =>
    cursor === "2"
      ? { reports: [{ ...report, id: "2" }], users: { ann } }
      : {
          reports: [{ ...report, reason: "rude", author: "ben", text: "<b>" }],
          users: { ann, ben },
          next: "2",
        },
  );
  const dialog = await opened();
  await dialog.get("[data-testid=reports-more]").trigger("click");
  await flushPromises();

  const [first, second] = dialog
    .findAll("[data-testid=report]")
    .map((line) => line.text());

  for (const words of ["Reported by Ann", "rude", "小本", "<b>"])
    expect(first).toContain(words);
  expect(second).toContain("This message was deleted.");
  expect(dialog.find("[data-testid=reports-more]").exists()).toBe(false);
});

test("what could not be fetched says why, and is asked for again", async () => {
  reports.mockRejectedValueOnce(new ApiError("busy", 503, "", true));
  reports.mockResolvedValue({ reports: [], users: {} });
  const dialog = await opened();
  expect(dialog.get("[role=alert]").text()).toContain("full right now");

  await dialog.get("[data-testid=reports-more]").trigger("click");
  await flushPromises();

  expect(dialog.get("[role=status]").text()).toBe("Nothing was reported.");
});

async function opened() {
  const { app } = fakeApp({ reports });
  const dialog = mount(ReportsDialog, {
    global: {
      plugins: [makeRouter(createMemoryHistory())],
      provide: app._context.provides,
    },
  });
  await flushPromises();
  return dialog;
}
