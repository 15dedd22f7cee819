import { t } from '@lingui/core/macro';

/** The sampling options of a chat; absent ones are the model's defaults. */
export interface ChatOptions {
  readonly temperature?: number | null | undefined;
  readonly topP?: number | null | undefined;
  readonly topK?: number | null | undefined;
  readonly seed?: number | null | undefined;
  readonly maxTokens?: number | null | undefined;
  readonly stop?: readonly string[] | null | undefined;
  /** No form shows it; a client of the API may have set it. */
  readonly contextLength?: number | null | undefined;
}

/** The options that are numbers, with their bounds in the API. Getters return the texts in the current language. */
export const numberOptions = [
  {
    name: 'temperature',
    get label() {
      return t`Temperature`;
    },
    min: 0,
    max: 2,
    step: 0.1,
    get hint() {
      return t`0 to 2. Lower is more predictable.`;
    },
  },
  {
    name: 'topP',
    get label() {
      return t`Top P`;
    },
    min: 0,
    max: 1,
    step: 0.05,
    get hint() {
      return t`0 to 1. The share of likely tokens considered.`;
    },
  },
  {
    name: 'topK',
    get label() {
      return t`Top K`;
    },
    min: 0,
    max: 1000,
    step: 1,
    get hint() {
      return t`0 to 1000. 0 considers all tokens.`;
    },
  },
  {
    name: 'seed',
    get label() {
      return t`Seed`;
    },
    min: 0,
    max: 2147483647,
    step: 1,
    get hint() {
      return t`The same seed repeats an answer.`;
    },
  },
  {
    name: 'maxTokens',
    get label() {
      return t`Max tokens`;
    },
    min: 1,
    max: 131072,
    step: 1,
    get hint() {
      return t`The maximum length of an answer.`;
    },
  },
] as const;

/** Reads the system prompt from a form: null if it is empty and an inherited one applies, empty for none. */
export const readPrompt = (form: FormData): string | null => {
  if (form.has('noSystemPrompt')) return '';
  const prompt = String(form.get('systemPrompt') ?? '').trim();
  return prompt === '' ? null : prompt;
};

/**
 * Reads the options from a form. Empty fields are the model's defaults. Stop sequences are one per line. Options that no form
 * shows stay as they were.
 */
export const readOptions = (form: FormData, { contextLength }: ChatOptions): ChatOptions => {
  const options: Record<string, number | readonly string[]> = {};
  for (const { name } of numberOptions) {
    const entered = String(form.get(name) ?? '').trim();
    if (entered !== '') options[name] = Number(entered);
  }
  const stop = String(form.get('stop') ?? '')
    .split('\n')
    .filter((line) => line !== '');
  if (stop.length > 0) options.stop = stop;
  if (contextLength !== null && contextLength !== undefined) options.contextLength = contextLength;
  return options;
};
