import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installNpm, installPython } from './install.ts';

/** How to run the program of a client: the command, its arguments, and further variables. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A program of others that talks to the service without changes. */
export interface Client {
  /** With its exact version. */
  readonly name: string;
  /** Whether it needs no installation, so that the short run includes it. */
  readonly isShort: boolean;
  /** Installs the client if it isn't there. Resolves to null if the machine can't have it. */
  readonly prepare: () => Promise<Command | null>;
}

const program = (file: string): string => new URL(`programs/${file}`, import.meta.url).pathname;

const require = createRequire(import.meta.url);

/** The exact versions of this repository's packages. */
const { dependencies, devDependencies } = require('../../package.json') as Record<
  string,
  Record<string, string>
>;
const versions: Readonly<Record<string, string>> = { ...dependencies, ...devDependencies };

const node = (file: string, modules: readonly string[]): Command => ({
  file: process.execPath,
  args: [program(file), ...modules],
});

const own = (name: string, file: string): Client => ({
  name: `${name} ${versions[name]} (npm)`,
  isShort: true,
  prepare: async () => node(file, [pathToFileURL(require.resolve(name)).href]),
});

const npm = (
  title: string,
  file: string,
  packages: Readonly<Record<string, string>>,
  loaded: readonly string[],
) => ({
  name: title,
  isShort: false,
  prepare: async () => node(file, await installNpm(packages, loaded)),
});

const python = (name: string, version: string, file: string): Client => ({
  name: `${name} ${version} (PyPI)`,
  isShort: false,
  prepare: async () => ({ file: await installPython([`${name}==${version}`]), args: [program(file)] }),
});

/** Returns the path of Ollama's program: `OLLAMA_CLI`, or that of the PATH; null if there is none. */
const findOllama = async (): Promise<string | null> => {
  const { OLLAMA_CLI, PATH = '' } = process.env;
  const candidates = OLLAMA_CLI
    ? [OLLAMA_CLI]
    : PATH.split(delimiter).map((folder) => join(folder, 'ollama'));
  for (const candidate of candidates) {
    const exists = await access(candidate).then(
      () => true,
      () => false,
    );
    if (exists) return candidate;
  }
  return null;
};

export const clients: readonly Client[] = [
  own('openai', 'openai.mjs'),
  npm('openai 6.30.1 (npm)', 'openai.mjs', { openai: '6.30.1' }, ['openai']),
  python('openai', '3.57.0', 'openai_client.py'),
  own('ollama', 'ollama.mjs'),
  python('ollama', '0.6.3', 'ollama_client.py'),
  {
    name: 'ollama (CLI)',
    isShort: true,
    async prepare() {
      const path = await findOllama();
      return path === null ? null : node('ollamaCli.mjs', [path]);
    },
  },
  npm(
    'AI SDK 5.0.277, @ai-sdk/openai 2.0.130 (npm)',
    'ai.mjs',
    { ai: '5.0.277', '@ai-sdk/openai': '2.0.130', zod: '4.6.7' },
    ['ai', '@ai-sdk/openai'],
  ),
  npm('@anthropic-ai/sdk 1.14.0 (npm)', 'anthropic.mjs', { '@anthropic-ai/sdk': '1.14.0' }, [
    '@anthropic-ai/sdk',
  ]),
];
