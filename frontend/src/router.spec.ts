import { flushPromises } from "@vue/test-utils";
import { beforeEach, expect, test } from "vitest";
import { createMemoryHistory } from "vue-router";

import { makeRouter } from "./router";
import { useSession } from "./stores/session";
import { ann } from "./testing/cast";
import { fakeApp } from "./testing/fakeServices";

beforeEach(() => {
  fakeApp();
});

/** Where one comes to who asks for `path`. */
async function goesTo(path: string, who: "signedIn" | "signedOut") {
  Object.assign(useSession(), { state: who, user: ann });
  const router = makeRouter(createMemoryHistory());
  await router.push(path);
  await flushPromises();
  return router.currentRoute.value;
}
/** What the page of a room is handed. */
async function propsOf(path: string) {
  const route = await goesTo(path, "signedIn");
  const { props } = route.matched[0] ?? {};
  return (props?.default as (to: typeof route) => unknown)(route);
}

test.each(["/", "/rooms/den", "/rooms/den/12?beside=two"])(
  "a stranger is sent to the entry, and remembered: %s",
  async (path) => {
    const { name, query } = await goesTo(path, "signedOut");

    expect(name).toBe("entry");
    expect(query).toEqual(path === "/" ? {} : { next: path });
    expect((await goesTo(path, "signedIn")).fullPath).toBe(path);
  },
);

test("whoever is in already needs no entry", async () => {
  expect((await goesTo("/enter", "signedIn")).name).toBe("rooms");
  expect((await goesTo("/enter", "signedOut")).name).toBe("entry");
});

test("an invitation is for everybody", async () => {
  for (const who of ["signedIn", "signedOut"] as const)
    expect(await goesTo("/join/den-code", who)).toMatchObject({
      ...{ name: "join", params: { code: "den-code" } },
    });
});

test.each([
  ["/rooms/den", { roomId: "den" }],
  ["/rooms/den/12", { roomId: "den", seq: 12 }],
  ["/rooms/den?beside=two", { roomId: "den", besideId: "two" }],
  ["/rooms/den?beside=a&beside=b", { roomId: "den" }],
  ["/rooms/a%2Fb", { roomId: "a/b" }],
])("an address leads to its place: %s", async (path, props) => {
  expect(await propsOf(path)).toEqual(props);
});

test.each(["/rooms/den/0", "/rooms/den/x", "/rooms/den/-1", "/nowhere/at/all"])(
  "an address that means nothing says so: %s",
  async (path) => {
    expect((await goesTo(path, "signedOut")).name).toBe("lost");
  },
);
