import { readFile, writeFile } from 'node:fs/promises';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { schema } from './schema.ts';

/** The graph as SDL, sorted, as `schema/schema.graphql` has it. */
export const printedSchema = (): string => `${printSchema(lexicographicSortSchema(schema))}\n`;

/** The committed file. */
export const schemaFile = new URL('../schema/schema.graphql', import.meta.url);

if (import.meta.main) {
  const printed = printedSchema();
  if (process.argv.includes('--check')) {
    const committed = await readFile(schemaFile, 'utf8');
    if (committed !== printed) {
      process.stderr.write('schema/schema.graphql is not what the code says. Run: npm run schema\n');
      process.exitCode = 1;
    }
  } else {
    await writeFile(schemaFile, printed);
  }
}
