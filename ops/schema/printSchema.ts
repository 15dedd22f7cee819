import { readFile, writeFile } from 'node:fs/promises';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { subgraphSdl } from '../../api/federation/sdl.ts';
import { withConstraints } from '../../api/graph/bounds/boundsSdl.ts';
import { schema } from '../../api/schema.ts';

/** Prints the schema as sorted SDL, for `schema/schema.graphql`. */
export const printedSchema = (): string =>
  `${withConstraints(printSchema(lexicographicSortSchema(schema)), schema)}\n`;

/** Prints the schema with the directives of federation, for `schema/subgraph.graphql`. */
export const printedSubgraph = (): string => subgraphSdl(schema);

/** The committed files. */
export const schemaFile = new URL('../../schema/schema.graphql', import.meta.url);
export const subgraphFile = new URL('../../schema/subgraph.graphql', import.meta.url);

const files = [
  { name: 'schema/schema.graphql', file: schemaFile, print: printedSchema },
  { name: 'schema/subgraph.graphql', file: subgraphFile, print: printedSubgraph },
] as const;

if (import.meta.main) {
  for (const { name, file, print } of files) {
    const printed = print();
    if (!process.argv.includes('--check')) {
      await writeFile(file, printed);
    } else if ((await readFile(file, 'utf8').catch(() => '')) !== printed) {
      process.stderr.write(`${name} is not current. Run: npm run schema\n`);
      process.exitCode = 1;
    }
  }
}
