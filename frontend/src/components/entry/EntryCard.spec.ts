import { mount } from "@vue/test-utils";
import { expect, test } from "vitest";

import { fakeApp } from "../../testing/fakeServices";
import EntryCard from "./EntryCard.vue";

test("there are three ways in, one at a time, the shortest first", async () => {
  const { card, forms, choose } = shown();
  expect(forms()).toEqual(["guest-form"]);
  expect(card.get("h2").text()).toBe("Come in");

  await choose("signIn");
  expect(forms()).toEqual(["sign-in-form"]);
  await choose("signUp");

  expect(forms()).toEqual(["sign-up-form"]);
  expect(card.get("h2").text()).toBe("Make an account");
});

test("whoever has forgotten the password comes in by a code, and can go back", async () => {
  const { card, forms, press } = shown({ start: "signIn" });

  await press("Forgot your password?");
  expect(forms()).toEqual(["recover-form"]);
  expect(card.get("h2").text()).toBe("Back in by a code");
  await press("Back to sign-in");

  expect(forms()).toEqual(["sign-in-form"]);
});

test("why one has to come in is read aloud", () => {
  const { card } = shown({ note: "Your session has ended." });

  expect(card.get("[role=status]").text()).toBe("Your session has ended.");
  expect(shown().card.find("[role=status]").exists()).toBe(false);
});

function shown(props: { start?: "signIn"; note?: string } = {}) {
  const { app } = fakeApp();
  const card = mount(EntryCard, {
    props,
    global: { provide: app._context.provides },
  });
  const forms = () =>
    card.findAll("form").map((form) => form.attributes("data-testid"));
  const choose = (way: string) =>
    card.get(`[data-testid=choice-${way}] input`).setValue();
  const press = async (name: string) =>
    card
      .findAll("button")
      .find((button) => button.text() === name)
      ?.trigger("click");
  return { card, forms, choose, press };
}
