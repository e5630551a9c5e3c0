import { createApp } from "vue";
import { expect, test, vi } from "vitest";

import { fakeApp } from "../testing/fakeServices";
import { useServices } from "./services";

test("what was handed to an app is found in it, and in no other", () => {
  const api = {};
  const { app, client } = fakeApp(api);

  const services = app.runWithContext(useServices);

  expect(services.api).toBe(api);
  expect(services.makeClient({} as never)).toBe(client);
});

test("an app without services says so at once", () => {
  const app = createApp({ render: () => null });
  const warn = vi.spyOn(console, "warn").mockReturnValue(); // Vue tells of it too

  expect(() => app.runWithContext(useServices)).toThrow(
    "No services were provided to the app.",
  );
  warn.mockRestore();
});
