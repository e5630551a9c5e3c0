// What is wrong with a form, and is it on its way? Problems stand next to their fields.

import { nextTick, reactive, ref } from "vue";

import { codeOf, refusedFields } from "../stores/refusals";
import type { TextKey } from "../i18n/translate";
import { useText } from "./useText";

export interface FormRules<Field extends string> {
  /** Tell what is wrong before anything is sent. */
  check: () => Partial<Record<Field, TextKey>>;
  /** Send; rejects with a refusal. */
  submit: () => Promise<void>;
  /** Which field does a refusal belong to, and how is it said? By code, or by the refused field. */
  explain?: (
    code: string,
    field: string | undefined,
  ) => { field: Field; key: TextKey } | undefined;
}

/**
 * Run a form: `problems` by field, `refusal` for what belongs to none. What was typed stays, and
 * the first field that has a problem gets the focus.
 */
export function useForm<Field extends string>(rules: FormRules<Field>) {
  const { t, tRefusal } = useText();
  const problems = reactive<Record<string, TextKey | undefined>>({});
  const refusal = ref<string>();
  const isBusy = ref(false);

  async function submit(event: Event): Promise<void> {
    if (isBusy.value) return;
    const form = event.currentTarget as HTMLElement; // gone from the event once this waits
    clear();
    Object.assign(problems, rules.check());
    if (!hasProblems()) await send();
    if (!hasProblems()) return;
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
    const fields = refusedFields(error);
    for (const field of fields.length > 0 ? fields : [undefined]) {
      const placed = rules.explain?.(code, field);
      if (placed) problems[placed.field] = placed.key;
      else refusal.value = code;
    }
  }

  function hasProblems(): boolean {
    return Object.values(problems).some(Boolean);
  }

  function clear(): void {
    for (const field of Object.keys(problems)) delete problems[field];
    refusal.value = undefined;
  }

  return {
    isBusy,
    submit,
    clear,
    problemOf: (field: Field) => {
      const key = problems[field];
      return key === undefined ? undefined : t(key);
    },
    refusalText: () =>
      refusal.value === undefined ? undefined : tRefusal(refusal.value),
  };
}
