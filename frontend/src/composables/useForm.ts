// What is wrong with a form, and is it on its way? Problems stand next to their fields.

import { nextTick, ref, shallowReactive, watch, type Ref } from "vue";

import { codeOf, refusedFields } from "../stores/refusals";
import type { TextKey } from "../i18n/translate";
import { useText } from "./useText";

/** What is wrong with `field`; editing one of `others` may put it right too. */
export interface Problem<Field extends string> {
  field: Field;
  key: TextKey;
  others?: readonly Field[];
}

export interface FormRules<Field extends string> {
  /** What is typed in each field: a problem is told until its field is edited. */
  fields: Record<Field, Ref<string>>;
  /** Tell what is wrong before anything is sent. */
  check: () => Partial<Record<Field, TextKey>>;
  /** Send; rejects with a refusal. */
  submit: () => Promise<void>;
  /** Which field does a refusal belong to, and how is it said? By code, or by the refused field. */
  explain?: (
    code: string,
    field: string | undefined,
  ) => Problem<Field> | undefined;
}

/**
 * Run a form: `problemOf` a field, `refusal` for what belongs to none. What was typed stays, and
 * the first field that has a problem gets the focus.
 */
export function useForm<Field extends string>(rules: FormRules<Field>) {
  const { t } = useText();
  const problems = shallowReactive(new Map<Field, Problem<Field>>());
  const refusal = ref<string>();
  const isBusy = ref(false);
  const fields = Object.keys(rules.fields) as Field[];
  // At once: an answer that comes right after the edit is not taken back by it.
  for (const field of fields)
    watch(rules.fields[field], () => noteEdit(field), { flush: "sync" });

  async function submit(event: Event): Promise<void> {
    if (isBusy.value) return;
    const form = event.currentTarget as HTMLElement; // gone from the event once this waits
    clear();
    const wrong = rules.check();
    for (const field of fields) {
      const key = wrong[field];
      if (key) problems.set(field, { field, key });
    }
    if (problems.size === 0) await send();
    if (problems.size === 0) return;
    await nextTick();
    form.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }

  async function send(): Promise<void> {
    isBusy.value = true;
    try {
      await rules.submit();
    } catch (error) {
      place(error);
    } finally {
      isBusy.value = false;
    }
  }

  function place(error: unknown): void {
    const code = codeOf(error);
    const refused = refusedFields(error);
    for (const field of refused.length > 0 ? refused : [undefined]) {
      const placed = rules.explain?.(code, field);
      if (placed) problems.set(placed.field, placed);
      else refusal.value = code;
    }
  }

  function noteEdit(edited: Field): void {
    for (const { field, others } of problems.values())
      if (field === edited || others?.includes(edited)) problems.delete(field);
  }

  function clear(): void {
    problems.clear();
    refusal.value = undefined;
  }

  return {
    isBusy,
    submit,
    refusal,
    problemOf: (field: Field) => {
      const problem = problems.get(field);
      return problem && t(problem.key);
    },
  };
}
