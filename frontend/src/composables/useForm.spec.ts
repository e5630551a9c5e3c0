import { ApiError } from "@teahouse/client";
import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { createPinia } from "pinia";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { h, ref } from "vue";

import RefusalNote from "../components/ui/RefusalNote.vue";
import TextField from "../components/ui/TextField.vue";
import { SERVICES } from "../stores/services";
import { useSession } from "../stores/session";
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

test("a field that is edited is wrong no more; the others are until they are edited", async () => {
  const fields = { about: "too long", name: "empty" };
  send.mockRejectedValueOnce(new ApiError("invalid", 422, "", false, fields));
  const { submit, wrong, edit } = shown();
  await submit();

  await edit("about");
  expect(wrong()).toEqual(["name"]);
  await edit("name");
  expect(wrong()).toEqual([]);
});

test("what may be the fault of two fields is right again when either is edited", async () => {
  send.mockRejectedValueOnce(new ApiError("conflict", 409, "", false));
  const { submit, wrong, edit } = shown();
  await submit();
  expect(wrong()).toEqual(["name"]);

  await edit("about");

  expect(wrong()).toEqual([]);
});

test("whose session has ended is told so, and can go and sign in", async () => {
  send.mockRejectedValueOnce(new ApiError("not_signed_in", 401, "", false));
  const { submit, wrong } = shown();

  await submit();
  expect(form.get(".refusal [role=alert]").text()).toContain("has ended");
  expect(wrong()).toEqual([]);
  await form.get("[data-testid=sign-in-again]").trigger("click");

  const { state, hasEnded } = useSession();
  expect({ state, hasEnded }).toEqual({ state: "signedOut", hasEnded: true });
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
        const fields = { name: ref(""), about: ref("") };
        const { submit, problemOf, refusal } = useForm<Field>({
          fields,
          check,
          submit: send,
          explain(code, field) {
            const key = "field.description.invalid";
            if (code === "conflict")
              return { field: "name", key, others: ["about"] };
            return field === "name" || field === "about"
              ? { field, key }
              : undefined;
          },
        });
        return () =>
          h("form", { onSubmit: submit }, [
            ...FIELDS.map((field) =>
              h(TextField, {
                label: field,
                modelValue: fields[field].value,
                "onUpdate:modelValue": (text) => (fields[field].value = text),
                problem: problemOf(field),
                "data-testid": field,
              }),
            ),
            h(RefusalNote, { code: refusal.value }),
            h("button", { "data-testid": "send" }),
          ]);
      },
    },
    {
      attachTo: document.body,
      global: {
        plugins: [createPinia()],
        provide: { [SERVICES as symbol]: { api: {} } },
      },
    },
  );
  const submit = async () => {
    await form.get("form").trigger("submit");
    await flushPromises();
  };
  const wrong = () =>
    form.findAll("[aria-invalid]").map((one) => one.attributes("data-testid"));
  const focused = () =>
    (document.activeElement as HTMLElement | null)?.dataset.testid;
  const edit = (field: Field) =>
    form.get(`[data-testid=${field}]`).setValue("other");
  return { submit, wrong, focused, edit };
}
