import { mount } from "@vue/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { nextTick } from "vue";

import { useConnection } from "../../stores/connection";
import { ann } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import ConnectionBanner from "./ConnectionBanner.vue";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("a line that comes back at once is nobody's business", async () => {
  const { banner, connection } = mounted();

  connection.state = "waiting";
  await vi.advanceTimersByTimeAsync(500);
  connection.state = "connected";
  await vi.runAllTimersAsync();

  expect(banner.text()).toBe("");
});

test("a line that stays lost is said, and so is its return, for a while", async () => {
  const { banner, connection } = mounted();

  connection.state = "waiting";
  await vi.advanceTimersByTimeAsync(1500);
  expect(banner.text()).toBe("The connection is lost. Trying again…");

  connection.state = "offline";
  await nextTick();
  expect(banner.text()).toContain("You are offline.");

  connection.state = "connected";
  await nextTick();
  expect(banner.text()).toBe("Connected again");
  await vi.runAllTimersAsync();
  expect(banner.text()).toBe("");
});

test("a page that was asked to rest says why, and goes on when it is told to", async () => {
  const { banner, connection, client } = mounted();
  connection.open(ann);

  client.emit("state", { state: "offline" });
  client.emit("stopped", { code: "too_many_connections", message: "" });
  await nextTick();
  expect(banner.text()).toContain("open in many places");
  await banner.get("[data-testid=resume]").trigger("click");

  expect(client.connect).toHaveBeenCalledTimes(2);
  client.emit("state", { state: "connecting" });
  await nextTick();
  expect(banner.find("[data-testid=stopped]").exists()).toBe(false);
});

function mounted() {
  const { client } = fakeApp({ rooms: async () => ({ rooms: [] }) });
  const connection = useConnection();
  connection.state = "connected";
  const banner = mount(ConnectionBanner, {
    global: { stubs: { Transition: true } },
  });
  return { banner, connection, client };
}
