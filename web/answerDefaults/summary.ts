import { plural, t } from '@lingui/core/macro';
import type { ChatOptions } from '../conversations/chatOptions.ts';
import { locale } from '../language/language.ts';

type NumberOption = Exclude<keyof ChatOptions, 'stop'>;

/** The descriptions of the options that are numbers, in the order of the summary. */
const descriptions: Readonly<Record<NumberOption, (value: string) => string>> = {
  temperature: (value) => t`temperature ${value}`,
  topP: (value) => t`top p ${value}`,
  topK: (value) => t`top k ${value}`,
  seed: (value) => t`seed ${value}`,
  maxTokens: (value) => t`max tokens ${value}`,
  contextLength: (tokens) => t`context of ${tokens} tokens`,
};

/** Returns a line such as `“Be brief.”, temperature 0.5`. */
export const summaryOf = (systemPrompt: string | null, options: ChatOptions): string => {
  const text = systemPrompt?.replace(/\s+/g, ' ').trim().slice(0, 200);
  const parts: string[] = [];
  if (text) parts.push(t({ message: `“${text}”`, comment: 'A quotation of a system prompt' }));
  else if (systemPrompt === '') parts.push(t`no system prompt`);
  for (const [name, describe] of Object.entries(descriptions)) {
    const value = options[name as NumberOption];
    if (value === null || value === undefined) continue;
    parts.push(describe(value.toLocaleString(locale(), { useGrouping: false, maximumFractionDigits: 10 })));
  }
  const stops = options.stop?.length ?? 0;
  if (stops > 0) parts.push(plural(stops, { one: '# stop sequence', other: '# stop sequences' }));
  return new Intl.ListFormat(locale(), { type: 'unit', style: 'short' }).format(parts);
};
