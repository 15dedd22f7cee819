/** One-sentence descriptions of models, by the prefix of their names. The first match counts. */
const descriptions: readonly (readonly [prefix: string, description: string])[] = [
  ['llama3.2', 'Fast: everyday questions, summaries, explaining errors.'],
  ['llama3', 'All-round: longer answers and reasoning in many languages.'],
  ['mistral', 'Balanced: careful writing and analysis.'],
  ['codellama', 'Code: writing, reviewing and explaining it.'],
  ['qwen2.5-coder', 'Code: writing, reviewing and explaining it.'],
  ['qwen', 'All-round, strong in many languages.'],
  ['deepseek-r1', 'Reasoning: thinks before it answers; slower, better at hard problems.'],
  ['gemma', 'All-round: compact and quick.'],
  ['phi', 'Compact: reasoning and maths on little hardware.'],
  ['smollm', 'Tiny: quick answers without a GPU; for trying things out, not for facts.'],
];

/** Returns the description of a model, or null if it is unknown. */
export const describeModel = (name: string): string | null =>
  descriptions.find(([prefix]) => name.startsWith(prefix))?.[1] ?? null;
