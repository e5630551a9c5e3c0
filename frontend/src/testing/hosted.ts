// What lives around a composable in a test? A component that does nothing else.

import { mount } from "@vue/test-utils";
import { onTestFinished } from "vitest";
import type { App } from "vue";

/** Set up in a component of `app`, which goes with the test, or earlier when told to. */
export function hosted<Given>(
  setup: () => Given,
  app?: App,
): { given: Given; leave: () => void } {
  let given!: Given;
  const host = mount(
    {
      setup() {
        given = setup();
        return () => null;
      },
    },
    { global: { provide: app?._context.provides ?? {} } },
  );
  let isThere = true;
  const leave = () => {
    if (isThere) host.unmount();
    isThere = false;
  };
  onTestFinished(leave);
  return { given, leave };
}
