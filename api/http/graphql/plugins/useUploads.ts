import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { checkJson } from './useJsonRequests.ts';

const multipart = /^multipart\/form-data\s*;/i;
const boundary = /;\s*boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i;

/** Maximum parts of a body: operations, map and files. */
const maxParts = 12;

/** Maximum bytes of the parts `operations` and `map`. */
const maxTextBytes = 4 * 1024 * 1024;

/** Reads multipart bodies with files (GraphQL multipart request specification 2.0), without batches. */
export const useUploads = (): Plugin => ({
  onRequestParse({ request, setRequestParser }) {
    const type = request.headers.get('content-type') ?? '';
    if (request.method !== 'POST' || !multipart.test(type)) return;
    setRequestParser(async (whole) => {
      const body = Buffer.from(await whole.arrayBuffer());
      checkParts(body, type);
      const form = await new Response(body, { headers: { 'Content-Type': type } }).formData().catch(() => {
        throw invalid('The body is not valid multipart/form-data.');
      });
      const operations = parse(form, 'operations');
      putFiles(operations, parse(form, 'map'), form);
      return operations;
    });
  },
});

/** Throws for a body with so many parts that only parsing them would delay others. */
const checkParts = (body: Buffer, type: string): void => {
  const [, quoted, plain] = boundary.exec(type) ?? [];
  const separator = quoted ?? plain;
  if (separator === undefined) throw invalid('The Content-Type has no boundary.');
  let parts = -1;
  for (let at = body.indexOf(`--${separator}`); at >= 0; at = body.indexOf(`--${separator}`, at + 1)) {
    parts += 1;
    if (parts > maxParts)
      throw invalid(`The body has more than ${maxParts} parts. Send fewer files at once.`);
  }
};

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
    if (!Array.isArray(paths) || paths.length > maxParts)
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
