import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { composeServices, compositionHasErrors } from '@theguild/federation-composition';
import { parse } from 'graphql';

/**
 * Composes the subgraphs into `schema/supergraph/supergraph.graphql`. With `--check`, only checks that they compose and that
 * the file is current.
 */

/** A part of the supergraph. */
export interface Subgraph {
  readonly name: string;
  /** The default URL for gateways. */
  readonly url: string;
  readonly sdl: string;
}

/** Composes the subgraphs into SDL for gateways. Throws an `Error` with the reasons if they don't compose. */
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

/** Returns the subgraphs of the committed file. */
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
      throw new Error('schema/supergraph/supergraph.graphql is not current. Run: npm run supergraph');
    }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
