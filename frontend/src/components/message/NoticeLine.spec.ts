import { mount } from "@vue/test-utils";
import { createPinia } from "pinia";
import { expect, test } from "vitest";

import type { ShownNotice } from "../../model/messageList";
import { ann, ben, NOON, person } from "../../testing/cast";
import NoticeLine from "./NoticeLine.vue";

const users = {
  ann,
  ben,
  cy: person("cy", "Cy"),
  dee: person("dee", "Dee"),
  eve: person("eve", "Eve"),
};

test("people who joined share one line; who comes twice is named once", () => {
  expect(textOf(joined("ann"), joined("ben"), joined("ann"))).toBe(
    "Ann and 小本 joined",
  );
});

test("beyond three, people are counted", () => {
  const three = ["ann", "ben", "cy"].map(joined);
  expect(textOf(...three)).toBe("Ann, 小本, and Cy joined"); // the control

  expect(textOf(...three, joined("dee"), joined("eve"))).toBe(
    "Ann, 小本, Cy and 2 more joined",
  );
});

test("who came, who went and how many are here stand beside each other", () => {
  const came = { ...joined("ann"), what: "entered" as const, count: 4 };
  const went = { ...joined("ben"), what: "left" as const, count: 3 };

  expect(textOf(came, went)).toBe("Ann entered · 小本 went away · 3 here");
});

test("of somebody unknown it is told that it was somebody", () => {
  expect(textOf(joined("zoe"))).toBe("Somebody joined");
});

function joined(subject: string): ShownNotice {
  return {
    kind: "notice",
    key: subject,
    seq: 2,
    what: "memberJoined",
    by: subject,
    subject,
    at: NOON,
  };
}

function textOf(...notices: ShownNotice[]): string {
  return mount(NoticeLine, {
    props: { notices, users },
    global: { plugins: [createPinia()] },
  }).text();
}
