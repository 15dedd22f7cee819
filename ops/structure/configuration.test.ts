import { readFile } from 'node:fs/promises';
import { configuration, configurationTable } from '../../api/configuration.ts';
import { environmentExample } from './configuration.ts';

const text = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('the configuration', () => {
  it("is the README's table", async () => {
    expect(await text('README.md')).toContain(
      `<!-- configuration -->\n${configurationTable()}<!-- /configuration -->`,
    );
  });

  it('is .env.example, with every variable commented out', async () => {
    const example = await text('.env.example');
    expect(example).toBe(environmentExample());
    const variables = example.split('\n').filter((line) => line !== '' && !line.startsWith('# '));
    expect(variables).toEqual(Object.keys(configuration).map((name) => `#${name}=`));
  });
});
