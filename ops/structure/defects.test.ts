import { readFile } from 'node:fs/promises';
import { defects } from '../simulation/defects.ts';

const changes = defects.flatMap(({ name, changes: all }) => all.map((change) => [name, change] as const));

describe('the known defects of the simulation', () => {
  // A simulation that applies one takes minutes.
  it.each(changes)('%s fits the code', async (_name, { file, find }) => {
    const source = await readFile(new URL(`../../api/${file}`, import.meta.url), 'utf8');
    expect(source.split(find)).toHaveLength(2);
  });
});
