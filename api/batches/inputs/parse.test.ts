import type { PresetVariable } from '../../presets/preset.ts';
import { batchLimits } from '../batch.ts';
import { collectInputs } from './collect.ts';
import { type GivenInputs, parseInputs, textOfFile } from './parse.ts';

const variable = (name: string, type: PresetVariable['type']): PresetVariable => ({
  name,
  label: name,
  type,
  description: null,
  required: true,
  choices: [],
  default: null,
});
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const variables = [variable('text', 'TEXT'), variable('count', 'NUMBER'), variable('loud', 'BOOLEAN')];

const parse = (given: GivenInputs) =>
  [...parseInputs(given, variables)].map(({ json, ...input }) => {
    expect(JSON.parse(json)).toEqual(input.input);
    return input;
  });
const jsonl = (text: string) => parse({ kind: 'JSONL', text });
const csv = (text: string) => parse({ kind: 'CSV', text });

describe('the inputs of a batch', () => {
  it('are one JSON object per line, with an id or without', () => {
    expect(jsonl('\uFEFF{"id":"a","variables":{"text":"ä"}}\r\n\n{"variables":{"text":"b"}}\n')).toEqual([
      { key: 'a', input: { text: 'ä' }, place: 'Line 1' },
      { key: '2', input: { text: 'b' }, place: 'Line 3' },
    ]);
  });

  it('are rows of a CSV file, whose header names the variables', () => {
    expect(csv('id,text,count,loud\r\na,"x, ""y""\nz",3,TRUE\nb,,no,\n\n')).toEqual([
      { key: 'a', input: { text: 'x, "y"\nz', count: 3, loud: true }, place: 'Line 2' },
      { key: 'b', input: { count: 'no' }, place: 'Line 4' },
    ]);
    expect(csv('text\nlast')).toEqual([{ key: '1', input: { text: 'last' }, place: 'Line 2' }]);
  });

  it('are a list', () => {
    expect(
      parse({ kind: 'LIST', inputs: [{ variables: { text: 'a' } }, { id: 'x', variables: null }] }),
    ).toEqual([
      { key: '1', input: { text: 'a' }, place: 'inputs[0]' },
      { key: 'x', input: {}, place: 'inputs[1]' },
    ]);
  });

  it.each([
    ['{"variables": {}}\n{broken', 'Line 2 is not valid JSON'],
    ['[1]', 'Line 1 must be a JSON object'],
    ['\n\n{"text": "a"}', 'Line 3 has an unknown field "text". Fields: id, variables.'],
    ['{"id": 5}', 'Line 1: id must be a text of 1 to 512 characters.'],
    ['{"id":"a"}\n{"id":"b"}\n{"id":"a"}', 'Line 3: the id "a" is that of line 1 too. Each must differ.'],
    ['{"id":"2"}\n{}', 'Line 2: the id "2" is that of line 1 too.'],
    ['\n', 'There are no inputs. Send at least one.'],
    [`{"variables":{"text":"${'x'.repeat(batchLimits.inputBytes)}"}}`, 'Line 1: the input has 262155 bytes'],
    [`{"variables": ${' '.repeat(2 * batchLimits.inputBytes)}{}}`, 'Line 1 has 524305 characters'],
    [`{}\n{"variables": ${nested(100_000)}}`, 'Line 2: The JSON is nested more than 128 deep.'],
    [`{"variables": [${'1,'.repeat(60_000)}1]}`, 'Line 1: The JSON has more than 50000 values and names.'],
  ])('name the line of a mistake in JSONL', (text, message) => {
    expect(() => jsonl(text)).toThrow(message);
  });

  it.each([
    [
      'text,colour\na,b',
      'Line 1 has an unknown column "colour". Name the columns id or as the variables: text, count, loud.',
    ],
    ['text,text\na,b', 'Line 1 has the column "text" twice.'],
    ['text,count\na,1\nb', 'Line 3 has 1 cells; the header has 2 columns.'],
    ['text\n"a\nb', 'Line 2 of the CSV file has a quote that does not end.'],
    ['text\n"a" b', 'Line 2 of the CSV file has text after a quoted cell.'],
    ['text\na "b"', 'Line 2 of the CSV file has a quote within a cell.'],
    ['text\n', 'There are no inputs.'],
    [`text\n${','.repeat(1_001)}`, 'Line 2 of the CSV file has more than 1000 cells.'],
  ])('name the line of a mistake in CSV', (text, message) => {
    expect(() => csv(text)).toThrow(message);
  });

  it('are not hidden in so many empty lines, or in rows so long, that reading them delays others', () => {
    const empty = '\n'.repeat(100_001);
    const message = 'The file has more than 100000 empty lines. Remove them.';
    expect(() => jsonl(`{}\n${empty}{}`)).toThrow(message);
    expect(() => jsonl(`{}\n${' \r\n'.repeat(100_001)}`)).toThrow(message);
    expect(() => csv(`text\na\n${empty}b`)).toThrow(message);
    expect(jsonl(`{}\n${empty.slice(1)}{}`)).toHaveLength(2);
    const long = 'Line 2 of the CSV file has more than 524288 characters in one row.';
    for (const cell of ['\n', '""', 'x']) {
      expect(() => csv(`text\n"${cell.repeat(2 * batchLimits.inputBytes)}"`)).toThrow(long);
    }
    expect(() => csv(`text\n${'x'.repeat(2 * batchLimits.inputBytes + 1)}`)).toThrow(long);
  });

  it('are kept as text', async () => {
    const parsed = parseInputs({ kind: 'JSONL', text: '{"id": "a", "variables": {"text": "ä"}}' }, variables);
    const { inputs, bytes } = await collectInputs(parsed, () => {});
    expect(inputs).toEqual([{ key: 'a', json: '{"text":"ä"}' }]);
    expect(bytes).toBe(314);
  });

  it('are at most 10,000', () => {
    const text = '{}\n'.repeat(batchLimits.inputs);
    expect(jsonl(text)).toHaveLength(batchLimits.inputs);
    expect(() => jsonl(`${text}{}`)).toThrow('A batch may have at most 10000 inputs.');
  });

  it('are bounded together', () => {
    const line = `{"variables":{"text":"${'x'.repeat(200_000)}"}}\n`;
    expect(() => jsonl(line.repeat(200))).toThrow('The inputs have more than 33554432 bytes.');
    expect(() => textOfFile(new Uint8Array(batchLimits.bytes + 1))).toThrow('The file has 33554433 bytes');
    expect(() => textOfFile(new Uint8Array([0xff, 0xfe]))).toThrow('The file is not UTF-8 text.');
  });
});
