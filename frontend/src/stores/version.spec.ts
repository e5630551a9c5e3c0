import { flushPromises } from "@vue/test-utils";
import { createPinia, setActivePinia } from "pinia";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { useVersion } from "./version";

const HOUR_MS = 60 * 60 * 1000;
const reload = vi.fn();
let workers: FakeWorkers;

/** A worker that has the files of some version, perhaps those of this page. */
class FakeWorker extends EventTarget {
  state = "installing";
  readonly asked: string[] = [];
  constructor(private readonly hasPage: boolean) {
    super();
  }
  postMessage({ ask }: { ask: string }, ports: MessagePort[] = []): void {
    this.asked.push(ask);
    ports[0]?.postMessage(this.hasPage);
  }
  is(state: string): void {
    this.state = state;
    this.dispatchEvent(new Event("statechange"));
  }
}

class FakeRegistration extends EventTarget {
  waiting: FakeWorker | undefined;
  installing: FakeWorker | undefined;
  readonly update = vi.fn(async () => {});
  finds(worker: FakeWorker): void {
    this.installing = worker;
    this.dispatchEvent(new Event("updatefound"));
  }
}

class FakeWorkers extends EventTarget {
  controller: object | null = {};
  readonly found = new FakeRegistration();
  register = async () => this.found;
  takesOver(): void {
    this.controller = {};
    this.dispatchEvent(new Event("controllerchange"));
  }
}

beforeEach(() => {
  setActivePinia(createPinia());
  workers = new FakeWorkers();
  vi.stubGlobal("navigator", { serviceWorker: workers });
  vi.stubGlobal("location", { reload });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function watched() {
  const version = useVersion();
  const listen = vi.spyOn(document, "addEventListener");
  await version.watch();
  const look = listen.mock.calls.find(
    ([kind]) => kind === "visibilitychange",
  )?.[1] as (() => void) | undefined;
  listen.mockRestore();
  if (look) document.removeEventListener("visibilitychange", look);
  return { version, look };
}
/** What a worker answers comes by a channel, a moment later. */
const answered = (worker: FakeWorker, ...asked: string[]) =>
  vi.waitFor(() => expect(worker.asked).toEqual(asked));

test("a new version is told of, and taken when the person chooses", async () => {
  const { version } = await watched();
  const worker = new FakeWorker(false);
  workers.found.finds(worker);
  expect(version.hasNew).toBe(false); // it is still on its way
  workers.found.waiting = worker;
  worker.is("installed");
  await vi.waitFor(() => expect(version.hasNew).toBe(true));
  expect(reload).not.toHaveBeenCalled();

  version.reload();
  await answered(worker, "has", "takeOver");
  expect(reload).not.toHaveBeenCalled(); // the worker is not there yet
  workers.takesOver();

  expect(reload).toHaveBeenCalledOnce();
});

test("a version that was waiting before the page came is told of too", async () => {
  workers.found.waiting = new FakeWorker(false);

  const { version } = await watched();

  expect(version.hasNew).toBe(true);
});

test("a page that is the new version already lets it take over, and says nothing", async () => {
  const worker = new FakeWorker(true);
  workers.found.waiting = worker;

  const { version } = await watched();

  await answered(worker, "has", "takeOver");
  expect(version.hasNew).toBe(false);
});

test("the first worker of all is no news; the next that takes over elsewhere is", async () => {
  workers.controller = null;
  const { version } = await watched();

  workers.takesOver();
  expect(version.hasNew).toBe(false);

  workers.takesOver();
  expect(version.hasNew).toBe(true);
  expect(reload).not.toHaveBeenCalled();
});

test("a page that stays open looks once an hour, when somebody looks at it", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const { look } = await watched();
  const { update } = workers.found;
  look?.();
  vi.setSystemTime(Date.now() + HOUR_MS - 1);
  look?.();
  expect(update).not.toHaveBeenCalled();

  vi.setSystemTime(Date.now() + 1);
  update.mockRejectedValue(new TypeError("offline"));
  look?.();
  look?.();
  await flushPromises();

  expect(update).toHaveBeenCalledOnce();
});

test("a browser without workers goes on without, and reloads all the same", async () => {
  workers.register = () => Promise.reject(new DOMException("private window"));
  const { version, look } = await watched();
  expect(look).toBeUndefined();

  vi.stubGlobal("navigator", {});
  await version.watch();
  version.reload();

  expect(version.hasNew).toBe(false);
  expect(reload).toHaveBeenCalledOnce();
});
