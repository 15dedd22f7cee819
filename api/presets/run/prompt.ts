import type { EngineMessage } from '../../engine/engine.ts';
import { renderTemplate } from '../definition/template.ts';
import type { PresetDefinition, VariableValues } from '../preset.ts';

/** Returns the messages before the prompt: the system prompt and the examples. */
export const introOf = ({ systemPrompt, examples }: PresetDefinition): readonly EngineMessage[] => [
  ...(systemPrompt?.trim() ? [{ role: 'system', content: systemPrompt.trim() } as const] : []),
  ...examples.flatMap(({ input, output }): EngineMessage[] => [
    { role: 'user', content: input },
    { role: 'assistant', content: output },
  ]),
];

/** Returns the prompt: the rendered template without white space at its ends. */
export const promptOf = ({ template }: PresetDefinition, values: VariableValues): string =>
  renderTemplate(template, values).trim();

export const messagesOf = (definition: PresetDefinition, prompt: string): readonly EngineMessage[] => [
  ...introOf(definition),
  { role: 'user', content: prompt },
];
