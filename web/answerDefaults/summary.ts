import { type ChatOptions, numberOptions } from '../conversations/chatOptions.ts';

/** Returns a line such as `“Be brief.”, temperature 0.5`. */
export const summaryOf = (systemPrompt: string | null, options: ChatOptions): string => {
  const parts = numberOptions.flatMap(({ name, label }) => {
    const value = options[name];
    return value === null || value === undefined ? [] : `${label.toLowerCase()} ${value}`;
  });
  if (options.contextLength) parts.push(`context of ${options.contextLength} tokens`);
  const stops = options.stop?.length ?? 0;
  if (stops > 0) parts.push(stops === 1 ? '1 stop sequence' : `${stops} stop sequences`);
  const prompt = systemPrompt?.replace(/\s+/g, ' ').trim().slice(0, 200);
  return [...(prompt ? [`“${prompt}”`] : systemPrompt === '' ? ['no system prompt'] : []), ...parts].join(
    ', ',
  );
};
