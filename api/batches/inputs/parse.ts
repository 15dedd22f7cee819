import { badInput } from '../../errors/failures.ts';
import type { PresetVariable } from '../../presets/preset.ts';
import { jsonFailure } from '../../process/jsonShape.ts';
import { type BatchInput, batchLimits } from '../batch.ts';
import { csvRows } from './csv.ts';
import { emptyLines, maxLineLength } from './lines.ts';

/** An input of a list. */
export interface ListedInput {
  /** Absent: its place in the list. */
  readonly id?: string | null | undefined;
  readonly variables?: unknown;
}

export const fileFormats = ['JSONL', 'CSV'] as const;

export type FileFormat = (typeof fileFormats)[number];

/** The inputs of a batch, as they were sent. */
export type GivenInputs =
  | { readonly kind: 'LIST'; readonly inputs: readonly ListedInput[] }
  | { readonly kind: 'JSONL'; readonly text: string }
  | { readonly kind: 'CSV'; readonly text: string };

export interface ParsedInput extends BatchInput {
  /** Where it is, for errors: `Line 3`. */
  readonly place: string;
  /** The input as JSON. */
  readonly json: string;
}

/** Returns the text of a file. Throws `BAD_USER_INPUT` if it is too large or not UTF-8. */
export const textOfFile = (bytes: Uint8Array): string => {
  if (bytes.byteLength > batchLimits.bytes) {
    throw badInput(
      'file',
      `The file has ${bytes.byteLength} bytes; it may have at most ${batchLimits.bytes}. Split it into several batches.`,
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw badInput('file', 'The file is not UTF-8 text. Save it as UTF-8.');
  }
};

/**
 * Yields the inputs, each with its key. Variables aren't checked yet. Throws `BAD_USER_INPUT` that names the line, also for
 * too many inputs and for a key that two have.
 */
export const parseInputs = (
  given: GivenInputs,
  variables: readonly PresetVariable[],
): Generator<ParsedInput, void, undefined> => checkedInputs(entriesOf(given, variables));

/** Yields the inputs of a batch, with their keys, within all bounds. Throws as `parseInputs`. `keyName` is for errors. */
export function* checkedInputs(
  entries: Iterable<Entry>,
  keyName = 'id',
): Generator<ParsedInput, void, undefined> {
  const keys = new Map<string, string>();
  let bytes = 0;
  for (const { place, number, id, input } of entries) {
    if (keys.size >= batchLimits.inputs) {
      throw badInput(
        'inputs',
        `A batch may have at most ${batchLimits.inputs} inputs. Split them into several batches.`,
      );
    }
    const key = checkKey(place, id, keyName) ?? String(number);
    const other = keys.get(key);
    if (other !== undefined) {
      throw badInput(
        'inputs',
        `${place}: the ${keyName} ${JSON.stringify(key)} is that of ${lowered(other)} too. Each must differ.`,
      );
    }
    keys.set(key, place);
    const json = JSON.stringify(input);
    const size = Buffer.byteLength(json);
    if (size > batchLimits.inputBytes) {
      throw badInput(
        'inputs',
        `${place}: the input has ${size} bytes; it may have at most ${batchLimits.inputBytes}.`,
      );
    }
    bytes += size;
    if (bytes > batchLimits.bytes) {
      throw badInput(
        'inputs',
        `The inputs have more than ${batchLimits.bytes} bytes. Split them into several batches.`,
      );
    }
    yield { key, input, place, json };
  }
  if (keys.size === 0) throw badInput('inputs', 'There are no inputs. Send at least one.');
}

/** An input before its check. */
export interface Entry {
  readonly place: string;
  /** Its place among the inputs, from 1. */
  readonly number: number;
  readonly id: unknown;
  readonly input: unknown;
}

function* entriesOf(
  given: GivenInputs,
  variables: readonly PresetVariable[],
): Generator<Entry, void, undefined> {
  if (given.kind === 'CSV') yield* csvEntries(given.text, variables);
  else if (given.kind === 'JSONL') yield* jsonlEntries(given.text);
  else {
    for (const [index, { id, variables: input }] of given.inputs.entries()) {
      yield { place: `inputs[${index}]`, number: index + 1, id, input: input ?? {} };
    }
  }
}

/** Yields the lines that aren't empty, each with its number from 1. Throws `BAD_USER_INPUT` for too many empty ones. */
export function* linesOf(
  text: string,
): Generator<{ readonly line: string; readonly number: number }, void, undefined> {
  const countEmpty = emptyLines();
  let number = 0;
  for (let at = text.startsWith('\uFEFF') ? 1 : 0; at < text.length; ) {
    const found = text.indexOf('\n', at);
    const end = found < 0 ? text.length : found;
    number += 1;
    const line = text.slice(at, end).trim();
    if (line === '') countEmpty();
    else yield { line, number };
    at = end + 1;
  }
}

/** Parses a line as a JSON object. Throws `BAD_USER_INPUT` that names the line, also if it would take long to parse. */
export const objectOf = (line: string, number: number): Readonly<Record<string, unknown>> => {
  if (line.length > maxLineLength) {
    throw badInput(
      'file',
      `Line ${number} has ${line.length} characters; it may have at most ${maxLineLength}.`,
    );
  }
  const tooComplex = jsonFailure(line);
  if (tooComplex) throw badInput('file', `Line ${number}: ${tooComplex.message}`);
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 120) : '';
    throw badInput('file', `Line ${number} is not valid JSON: ${reason}. Write one JSON object per line.`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw badInput('file', `Line ${number} must be a JSON object, such as {"id": "1", "variables": {}}.`);
};

function* jsonlEntries(text: string): Generator<Entry, void, undefined> {
  let count = 0;
  for (const { line, number } of linesOf(text)) {
    const { id, variables, ...others } = objectOf(line, number);
    const [unknown] = Object.keys(others);
    if (unknown !== undefined) {
      throw badInput(
        'file',
        `Line ${number} has an unknown field ${JSON.stringify(unknown.slice(0, 80))}. Fields: id, variables.`,
      );
    }
    count += 1;
    yield { place: `Line ${number}`, number: count, id, input: variables ?? {} };
  }
}

function* csvEntries(text: string, variables: readonly PresetVariable[]): Generator<Entry, void, undefined> {
  const byName = new Map(variables.map((variable) => [variable.name, variable]));
  const columnsOf = (cells: readonly string[]): readonly string[] => {
    const names = cells.map((cell) => cell.trim());
    const unknown = names.find((name) => name !== 'id' && !byName.has(name));
    if (unknown !== undefined) {
      const known = [...byName.keys()].join(', ') || 'none';
      throw badInput(
        'file',
        `Line 1 has an unknown column ${JSON.stringify(unknown.slice(0, 80))}. Name the columns id or as the variables: ${known}.`,
      );
    }
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw badInput('file', `Line 1 has the column ${JSON.stringify(twice)} twice.`);
    return names;
  };
  let names: readonly string[] | null = null;
  let count = 0;
  for (const { cells, line } of csvRows(text)) {
    if (names === null) {
      names = columnsOf(cells);
      continue;
    }
    if (cells.length !== names.length) {
      throw badInput(
        'file',
        `Line ${line} has ${cells.length} cells; the header has ${names.length} columns.`,
      );
    }
    const entries = names.map((name, index) => [name, cells[index] ?? ''] as const);
    const values = entries.flatMap(([name, cell]) => {
      const variable = byName.get(name);
      return variable === undefined || cell === '' ? [] : [[name, cellValueOf(variable, cell)] as const];
    });
    // A variable of this name comes first.
    const id = byName.has('id') ? undefined : entries.find(([name]) => name === 'id')?.[1] || undefined;
    count += 1;
    yield { place: `Line ${line}`, number: count, id, input: Object.fromEntries(values) };
  }
}

/** Returns the value of a cell; one that isn't of the variable's type stays text, which the check of values rejects. */
const cellValueOf = ({ type }: PresetVariable, cell: string): unknown => {
  if (type === 'NUMBER') {
    const number = Number(cell.trim());
    return Number.isFinite(number) ? number : cell;
  }
  if (type === 'BOOLEAN') {
    const lower = cell.trim().toLowerCase();
    return lower === 'true' ? true : lower === 'false' ? false : cell;
  }
  return cell;
};

const lowered = (place: string): string => `${place.charAt(0).toLowerCase()}${place.slice(1)}`;

/** Returns null for no key. Throws `BAD_USER_INPUT` for an unusable one. */
const checkKey = (place: string, id: unknown, name: string): string | null => {
  if (id === null || id === undefined) return null;
  if (typeof id === 'string' && id.trim() !== '' && id.length <= batchLimits.key) return id;
  throw badInput('inputs', `${place}: ${name} must be a text of 1 to ${batchLimits.key} characters.`);
};
