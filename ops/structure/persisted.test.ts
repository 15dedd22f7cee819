import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parse, validate } from 'graphql';
import { schema } from '../../api/schema.ts';

const file = new URL('../../schema/persisted.json', import.meta.url);
const documents: Readonly<Record<string, string>> = JSON.parse(await readFile(file, 'utf8'));

describe("the web app's documents", () => {
  it('are known by what they say', () => {
    const wrong = Object.entries(documents).filter(
      ([id, text]) => createHash('sha256').update(text).digest('hex') !== id,
    );
    expect(Object.keys(documents).length).toBeGreaterThan(20);
    expect(wrong).toEqual([]);
  });

  it('are all answered by the schema, those of earlier pages too', () => {
    const refused = Object.values(documents).flatMap((text) =>
      validate(schema, parse(text)).map(({ message }) => `${text.split('\n', 1)[0]}: ${message}`),
    );
    expect(refused).toEqual([]);
  });
});
