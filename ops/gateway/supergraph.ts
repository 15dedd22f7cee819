import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { composeServices, compositionHasErrors } from '@theguild/federation-composition';
import { parse } from 'graphql';

/**
 * Composes the subgraphs into `schema/supergraph/supergraph.graphql`; with `--check`, only says whether they still
 * compose, and whether the file is current.
 */

/** A part of the supergraph. */
export interface Subgraph {
  readonly name: string;
  /** Where its gateway asks, unless it is told otherwise. */
  readonly url: string;
  readonly sdl: string;
}

/** What the subgraphs are together, as SDL that gateways read. Throws an `Error` that lists why they don't compose. */
export const compose = (subgraphs: readonly Subgraph[]): string => {
  const composed = composeServices(
    subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })),
  );
  if (!compositionHasErrors(composed)) return `${composed.supergraphSdl.trim()}\n`;
  const reasons = composed.errors.map(({ message }) => `- ${message}`);
  throw new Error(`the subgraphs do not compose:\n${reasons.join('\n')}`);
};

const repo = new URL('../../', import.meta.url);

/** The committed file. */
export const supergraphFile = new URL('schema/supergraph/supergraph.graphql', repo);

const read = (path: string) => readFile(new URL(path, repo), 'utf8');

/** The subgraphs that the committed file is composed of. */
export const subgraphs = async (): Promise<readonly Subgraph[]> => [
  { name: 'llm', url: 'http://127.0.0.1:8000/graphql', sdl: await read('schema/subgraph.graphql') },
  {
    name: 'control-center',
    url: 'http://127.0.0.1:4001/graphql',
    sdl: await read('ops/gateway/controlCenter/subgraph.graphql'),
  },
];

if (import.meta.main) {
  try {
    const supergraph = compose(await subgraphs());
    if (!process.argv.includes('--check')) {
      await mkdir(new URL('.', supergraphFile), { recursive: true });
      await writeFile(supergraphFile, supergraph);
    } else if ((await readFile(supergraphFile, 'utf8').catch(() => '')) !== supergraph) {
      throw new Error(
        'schema/supergraph/supergraph.graphql is not what the subgraphs say. Run: npm run supergraph',
      );
    }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
