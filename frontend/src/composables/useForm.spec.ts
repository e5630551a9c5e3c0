import { ApiError } from "@teahouse/client";
import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { createPinia } from "pinia";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { h } from "vue";

import TextField from "../components/ui/TextField.vue";
import { useForm } from "./useForm";

type Field = "name" | "about";
const FIELDS: readonly Field[] = ["name", "about"];
const send = vi.fn<() => Promise<void>>();
const check = vi.fn<() => { name?: "field.roomName.invalid" }>();
let form: VueWrapper;

beforeEach(() => {
  send.mockResolvedValue();
  check.mockReturnValue({});
});
afterEach(() => form.unmount());

test("what is wrong before anything is sent is not sent, and gets the focus", async () => {
  check.mockReturnValueOnce({ name: "field.roomName.invalid" });
  const { submit, wrong, focused } = shown();

  await submit();
  expect(send).not.toHaveBeenCalled();
  expect(wrong()).toEqual(["name"]);
  expect(focused()).toBe("name");

  await submit(); // put right
  expect(send).toHaveBeenCalledOnce();
  expect(wrong()).toEqual([]);
});

test("of several refused fields the first on the page gets the focus", async () => {
  const fields = { about: "too long", name: "empty" };
  send.mockRejectedValueOnce(new ApiError("invalid", 422, "", false, fields));
  const { submit, wrong, focused } = shown();

  await submit();

  expect(wrong()).toEqual(["name", "about"]);
  expect(focused()).toBe("name");
});

test("what no field is to blame for is said beside the button, and moves nothing", async () => {
  send.mockRejectedValueOnce(new ApiError("too_many_requests", 429, "", true));
  const { submit, wrong, focused } = shown();
  form.get<HTMLElement>("button").element.focus();

  await submit();
  expect(form.get(".refusal").text()).toContain("a little fast");
  expect(wrong()).toEqual([]);
  expect(focused()).toBe("send");

  await submit();
  expect(form.find(".refusal").exists()).toBe(false);
});

test("what is sent while an answer is awaited is sent once", async () => {
  send.mockReturnValue(new Promise(() => {}));
  const { submit } = shown();

  await submit();
  await submit();

  expect(send).toHaveBeenCalledOnce();
});

function shown() {
  form = mount(
    {
      setup() {
        const { submit, problemOf, refusalText } = useForm<Field>({
          check,
          submit: send,
          explain: (_code, field) =>
            field === "name" || field === "about"
              ? { field, key: "field.description.invalid" }
              : undefined,
        });
        return () =>
          h("form", { onSubmit: submit }, [
            ...FIELDS.map((field) =>
              h(TextField, {
                label: field,
                modelValue: "",
                problem: problemOf(field),
                "data-testid": field,
              }),
            ),
            refusalText() && h("p", { class: "refusal" }, refusalText()),
            h("button", { "data-testid": "send" }),
          ]);
      },
    },
    { attachTo: document.body, global: { plugins: [createPinia()] } },
  );
  const submit = async () => {
    await form.get("form").trigger("submit");
    await flushPromises();
  };
  const wrong = () =>
    form.findAll("[aria-invalid]").map((one) => one.attributes("data-testid"));
  const focused = () =>
    (document.activeElement as HTMLElement | null)?.dataset.testid;
  return { submit, wrong, focused };
}
