/** Whether a feature of a client works. */
export interface Result {
  readonly feature: string;
  readonly works: boolean;
  /** Null if it works. */
  readonly reason: string | null;
}

const heading = `# Compatibility

These programs work with nothing but a base URL and a key: \`http://127.0.0.1:8000/v1\` for clients of OpenAI,
\`http://127.0.0.1:8000\` for those of Ollama and Anthropic. \`npm run test:clients\` runs them against a real model, and
prints this page. An empty cell is a feature that the program lacks, or that isn't tested.

`;

/** Returns the page with the table of clients and features. */
export const compatibilityPage = (results: ReadonlyMap<string, readonly Result[]>): string => {
  const features = [...new Set([...results.values()].flatMap((all) => all.map(({ feature }) => feature)))];
  const cell = (found: readonly Result[], feature: string): string => {
    const result = found.find((each) => each.feature === feature);
    return result ? (result.works ? 'yes' : 'no') : '';
  };
  const rows = [...results].map(([name, found]) => [
    name,
    ...features.map((feature) => cell(found, feature)),
  ]);
  const lines = [['client', ...features], ['client', ...features].map(() => '---'), ...rows];
  return heading + lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
};
