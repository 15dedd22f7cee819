import { readFile } from 'node:fs/promises';
import { variables, variablesTable } from '../../api/config/variables.ts';
import { environmentExample } from './configuration.ts';

const text = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('the configuration', () => {
  it('is the table in docs/configuration.md', async () => {
    expect(await text('docs/configuration.md')).toContain(
      `<!-- configuration -->\n${variablesTable()}<!-- /configuration -->`,
    );
  });

  it('is .env.example, with every variable commented out', async () => {
    const example = await text('.env.example');
    expect(example).toBe(environmentExample());
    const written = example.split('\n').filter((line) => line !== '' && !line.startsWith('# '));
    expect(written).toEqual(Object.keys(variables).map((name) => `#${name}=`));
  });
});
