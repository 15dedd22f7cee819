/** Whether a feature of a client works. */
export interface Result {
  readonly feature: string;
  readonly works: boolean;
  /** Null if it works. */
  readonly reason: string | null;
}

/** A check that ran here and on Ollama's own `/v1`. */
export interface Check {
  readonly feature: string;
  readonly there: boolean;
  readonly here: boolean;
  /** Why it fails here; null if it works. */
  readonly reason: string | null;
}

export interface Compatibility {
  /** The cells of each client, by its name. */
  readonly clients: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly checks: readonly Check[];
}

/** The page that the tests print. */
export const page = new URL('../../docs/compatibility.md', import.meta.url);

const heading = `# Compatibility

These programs work with nothing but a base URL and a key: \`http://127.0.0.1:8000/v1\` for clients of OpenAI,
\`http://127.0.0.1:8000\` for those of Ollama and Anthropic, \`http://127.0.0.1:8000/graphql\` for those of GraphQL.
\`npm run test:clients\` runs them against a real model, and prints this page. An empty cell is a feature that the program
lacks, or that isn't tested.

`;

const checksHeading = `
## The same checks here and on Ollama

Requests to \`/v1\`, sent to this server and to the Ollama behind it. \`npm run test:clients -- checks\` runs them if
\`OLLAMA_URL\` names a real Ollama. What fails on both depends on the model: here SmolLM2 135M.

`;

const rowOf = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;

const cellsOf = (line: string): readonly string[] =>
  line
    .slice(2, -2)
    .split(' | ')
    .map((cell) => cell.trim());

export const cellsOfResults = (results: readonly Result[]): ReadonlyMap<string, string> =>
  new Map(results.map(({ feature, works }) => [feature, works ? 'yes' : 'no']));

/** Writes the page. */
export const writtenPage = ({ clients, checks }: Compatibility): string => {
  const features = [...new Set([...clients.values()].flatMap((cells) => [...cells.keys()]))];
  const rows = [...clients].map(([name, cells]) => [
    name,
    ...features.map((feature) => cells.get(feature) ?? ''),
  ]);
  const table = [['client', ...features], ['client', ...features].map(() => '---'), ...rows];
  const shown = checks.map(({ feature, there, here, reason }) => [
    feature,
    there ? 'yes' : 'no',
    here ? 'yes' : 'no',
    here ? '' : there ? (reason ?? '') : 'as on Ollama',
  ]);
  const checkTable = [['check', 'Ollama', 'here', 'reason'], ['---', '---', '---', '---'], ...shown];
  return (
    heading +
    table.map(rowOf).join('') +
    (checks.length === 0 ? '' : checksHeading + checkTable.map(rowOf).join(''))
  );
};

/** Reads a page that `writtenPage` wrote: a run of some clients leaves the rows of the others. */
export const readPage = (text: string): Compatibility => {
  const [first = '', second = ''] = text.split('\n## ');
  const rows = (part: string) =>
    part
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map(cellsOf);
  const [head = [], , ...clients] = rows(first);
  const [, , ...checks] = rows(second);
  return {
    clients: new Map(
      clients.map(([name = '', ...cells]) => [
        name,
        new Map(
          cells.flatMap((cell, index) => (cell === '' ? [] : [[head[index + 1] ?? '', cell] as const])),
        ),
      ]),
    ),
    checks: checks.map(([feature = '', there, here, reason = '']) => ({
      feature,
      there: there === 'yes',
      here: here === 'yes',
      reason: reason === '' ? null : reason,
    })),
  };
};
