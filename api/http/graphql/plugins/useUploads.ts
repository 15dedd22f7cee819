import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { Failure } from '../../../errors/failures.ts';
import { isForm, maxFormParts, parseForm } from '../../server/forms.ts';
import { checkJson } from './useJsonRequests.ts';

/** Maximum bytes of the parts `operations` and `map`. */
const maxTextBytes = 4 * 1024 * 1024;

/** Reads multipart bodies with files (GraphQL multipart request specification 2.0), without batches. */
export const useUploads = (): Plugin => ({
  onRequestParse({ request, setRequestParser }) {
    const type = request.headers.get('content-type') ?? '';
    if (request.method !== 'POST' || !isForm(type)) return;
    setRequestParser(async (whole) => {
      const body = new Uint8Array(await whole.arrayBuffer());
      const form = await parseForm(body, type).catch((error: unknown) => {
        throw error instanceof Failure ? invalid(error.message) : error;
      });
      const operations = parse(form, 'operations');
      putFiles(operations, parse(form, 'map'), form);
      return operations;
    });
  },
});

const parse = (form: FormData, name: string): Record<string, unknown> => {
  const text = form.get(name);
  if (typeof text !== 'string') throw invalid(`The part "${name}" is missing.`);
  if (text.length > maxTextBytes) throw invalid(`The part "${name}" is too large.`);
  checkJson(text);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch {
    // As below.
  }
  throw invalid(`The part "${name}" is not a JSON object. Batches with files are not supported.`);
};

/** Puts each file at the places that `map` names, where `operations` must have null. */
const putFiles = (
  operations: Record<string, unknown>,
  map: Record<string, unknown>,
  form: FormData,
): void => {
  for (const [name, paths] of Object.entries(map)) {
    const file = form.get(name);
    if (!(file instanceof File)) throw invalid(`The part "${name}" of the map is missing, or no file.`);
    if (!Array.isArray(paths) || paths.length > maxFormParts)
      throw invalid(`map.${name} must be a short list of paths.`);
    for (const path of paths) putFile(operations, String(path), file);
  }
};

const putFile = (operations: Record<string, unknown>, path: string, file: File): void => {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let target: unknown = operations;
  for (const key of keys) target = ownValue(target, key);
  if (keys[0] !== 'variables' || ownValue(target, last) !== null) {
    throw invalid(`map has the path "${path.slice(0, 200)}", but operations has no null there.`);
  }
  (target as Record<string, unknown>)[last] = file;
};

const ownValue = (target: unknown, key: string): unknown =>
  typeof target === 'object' && target !== null && Object.hasOwn(target, key)
    ? (target as Record<string, unknown>)[key]
    : undefined;

const invalid = (message: string) =>
  new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } });
