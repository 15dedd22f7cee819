import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type circumstances, type Row, tableOf } from './report.ts';

/** What a run writes with `--json`. */
export interface Results extends ReturnType<typeof circumstances> {
  readonly isScaled: boolean;
  readonly rounds: number;
  readonly rows: readonly Row[];
}

const resultsFolder = new URL('results/', import.meta.url);
const page = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));

const intro = `# Benchmarks

Printed by \`npm run bench -- --docs\` from the results in \`ops/bench/results\`; [ops/bench](../ops/bench/README.md) says how
they are measured. \`floor\` is a bare pipe in Node, \`stock\` is GraphQL Yoga with graphql-ws as their documentation sets them
up, without accounts, limits, queue, journal and store. Figures are medians over the rounds; \`spread\` is the highest ratio
divided by the lowest.
`;

/** Formats the results of one run as a section. */
export const sectionOf = (name: string, results: Results): string => {
  const { at, cpu, cores, memoryGb, isPinned, load, node, commit, base, isScaled, rounds, rows } = results;
  const scenarios = [...new Set(rows.map(({ scenario }) => scenario))];
  const machine = [
    `${cpu}, ${cores} cores, ${memoryGb} GB`,
    isPinned ? 'the server has a core for itself' : 'the server shares its cores',
    `load ${load.toFixed(1)}`,
    `Node ${node}`,
    `commit ${commit}${base === null ? '' : `, base ${base}`}`,
    isScaled ? 'with Redis and MongoDB' : 'with SQLite, in one process',
    `${rounds} rounds`,
    at.slice(0, 10),
  ].join('; ');
  const tables = scenarios.map(
    (scenario) => `### ${scenario}\n\n${tableOf(rows.filter((row) => row.scenario === scenario))}`,
  );
  return `## ${name}\n\n${machine}.\n\n${tables.join('\n')}`;
};

/** Writes `docs/benchmarks.md` from the results of earlier runs, in the order of their names. */
export const printDocs = async (): Promise<void> => {
  const names = (await readdir(resultsFolder)).filter((name) => name.endsWith('.json')).sort();
  const sections: string[] = [];
  for (const name of names) {
    const results = JSON.parse(await readFile(new URL(name, resultsFolder), 'utf8')) as Results;
    sections.push(sectionOf(name.replace(/\.json$/, ''), results));
  }
  await writeFile(page, [intro, ...sections].join('\n'));
};
