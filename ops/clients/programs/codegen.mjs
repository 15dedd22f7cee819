// graphql-codegen with its plain plugins: the types of the schema, which it introspects, and of operations compile.
// The folder of its packages is the first argument.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { run, settings } from './features.mjs';

const { url, key } = settings;
const packages = process.argv[2];
const folder = await mkdtemp(join(packages, 'codegen-'));
const tool = (name, ...args) =>
  promisify(execFile)(process.execPath, [join(packages, 'node_modules', name), ...args], {
    cwd: folder,
    timeout: 120_000,
  }).catch((error) => {
    throw new Error(`${error.stdout}${error.stderr}`.slice(0, 600));
  });
const documents = `
query Models { models(first: 5) { edges { node { id name } } } }
mutation Generate($input: GenerateInput!) { generate(input: $input) { generation { id status } } }
subscription Watch($id: ID!) { generation(id: $id) { delta status } }
`;
const config = {
  schema: { [`${url}/graphql`]: { headers: { Authorization: `Bearer ${key}` } } },
  documents: 'operations.graphql',
  // Both plugins print the enums and inputs that operations use.
  generates: {
    'schema.ts': { plugins: ['typescript'] },
    'operations.ts': { plugins: ['typescript-operations'] },
  },
};
const compiled = {
  compilerOptions: { strict: true, noEmit: true, types: [], target: 'es2022' },
  files: ['schema.ts', 'operations.ts'],
};

try {
  await writeFile(join(folder, 'operations.graphql'), documents);
  await writeFile(join(folder, 'codegen.json'), JSON.stringify(config));
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(compiled));
  await run({
    'typed documents': async () => {
      await tool('@graphql-codegen/cli/esm/bin.js', '--config', 'codegen.json');
      const types = await readFile(join(folder, 'operations.ts'), 'utf8');
      await tool('typescript/bin/tsc', '-p', 'tsconfig.json');
      return types.includes('GenerateMutationVariables') && types.includes('GenerateInput');
    },
  });
} finally {
  await rm(folder, { recursive: true, force: true });
}
