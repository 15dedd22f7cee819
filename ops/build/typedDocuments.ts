import { existsSync, globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './tool.ts';

/**
 * Generates the typed documents of the client package if they are missing or outdated. It prints nothing, because the output
 * of `npm run chat` is the answer only.
 */
const generated = join(root, 'client', '__generated__', 'graphql.ts');
const sources = ['codegen.ts', 'schema/schema.graphql', ...globSync('client/*/*.graphql', { cwd: root })];
const newest = Math.max(...sources.map((path) => statSync(join(root, path)).mtimeMs));

if (!existsSync(generated) || statSync(generated).mtimeMs < newest) {
  try {
    await run('graphql-codegen', ['--config', 'codegen.ts']);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
