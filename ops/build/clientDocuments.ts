import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as generated from '../../client/__generated__/graphql.ts';
import { root } from './tool.ts';

/**
 * Writes the operations of the client package by the SHA-256 of their text, for a service that runs persisted documents
 * only: `PERSISTED_DOCUMENTS=node_modules/@ziggie/llm-client/dist/documents.json`.
 */
const folder = join(root, 'client', 'dist');
const texts = Object.entries(generated)
  .filter(([name]) => /[a-z]Document$/.test(name))
  .map(([, document]) => String(document));
const byId = texts.map((text) => [createHash('sha256').update(text).digest('hex'), text]);

await mkdir(folder, { recursive: true });
await writeFile(join(folder, 'documents.json'), `${JSON.stringify(Object.fromEntries(byId), null, 2)}\n`);
