import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installNpm, installPython, npmFolder } from './install.ts';

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

const python = (title: string, file: string, packages: readonly string[]): Client => ({
  name: `${title} (PyPI)`,
  isShort: false,
  prepare: async () => ({ file: await installPython(packages), args: [program(file)] }),
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
  python('openai 3.57.0', 'openai_client.py', ['openai==3.57.0']),
  python('openai 2.54.0', 'openai_client.py', ['openai==2.54.0']),
  own('ollama', 'ollama.mjs'),
  python('ollama 0.6.3', 'ollama_client.py', ['ollama==0.6.3']),
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
  npm(
    'AI SDK 7.0.173, @ai-sdk/openai-compatible 3.0.92 (npm)',
    'aiCompatible.mjs',
    { ai: '7.0.173', '@ai-sdk/openai-compatible': '3.0.92', zod: '4.6.7' },
    ['ai', '@ai-sdk/openai-compatible'],
  ),
  npm('@anthropic-ai/sdk 1.14.0 (npm)', 'anthropic.mjs', { '@anthropic-ai/sdk': '1.14.0' }, [
    '@anthropic-ai/sdk',
  ]),
  npm(
    'LangChain: @langchain/openai 1.6.0, @langchain/ollama 1.3.0 (npm)',
    'langchain.mjs',
    {
      '@langchain/openai': '1.6.0',
      '@langchain/core': '1.4.0',
      '@langchain/ollama': '1.3.0',
      zod: '4.6.7',
    },
    ['@langchain/openai', '@langchain/ollama', '@langchain/core/messages', '@langchain/core/errors'],
  ),
  python('LangChain: langchain-openai 1.7.4, langchain-ollama 1.1.0', 'langchain_client.py', [
    'langchain-openai==1.7.4',
    'langchain-ollama==1.1.0',
  ]),
  python('LlamaIndex: llama-index-llms-openai-like 0.8.1', 'llamaindex_client.py', [
    'llama-index-llms-openai-like==0.8.1',
    'llama-index-embeddings-openai-like==0.4.0',
  ]),
  python('pydantic-ai-slim 2.68.0', 'pydantic_ai_client.py', ['pydantic-ai-slim[openai]==2.68.0']),
  python('instructor 1.17.0', 'instructor_client.py', ['instructor==1.17.0']),
  python('LiteLLM: litellm 1.110.2', 'litellm_client.py', ['litellm==1.110.2']),
  python('aider-chat 0.86.2', 'aider_client.py', ['aider-chat==0.86.2']),
  python('llm 0.36', 'llm_client.py', ['llm==0.36']),
  npm(
    '@apollo/client 4.3.8 (npm)',
    'apollo.mjs',
    { '@apollo/client': '4.3.8', graphql: '16.15.0', rxjs: '7.8.2', 'graphql-ws': '6.4.2' },
    [
      '@apollo/client',
      '@apollo/client/link/subscriptions',
      '@apollo/client/link/persisted-queries',
      'graphql-ws',
    ],
  ),
  npm(
    '@urql/core 6.0.3, graphql-ws 6.4.2, graphql-sse 2.6.1 (npm)',
    'urql.mjs',
    { '@urql/core': '6.0.3', graphql: '16.15.0', 'graphql-ws': '6.4.2', 'graphql-sse': '2.6.1' },
    ['@urql/core', 'graphql-ws', 'graphql-sse'],
  ),
  {
    name: 'relay-runtime 21.0.1, graphql-ws 6.4.2, graphql-sse 2.6.1 (npm)',
    isShort: false,
    prepare: async () => {
      const packages = {
        'relay-runtime': '21.0.1',
        'relay-compiler': '21.0.1',
        graphql: '16.15.0',
        'graphql-ws': '6.4.2',
        'graphql-sse': '2.6.1',
      };
      return node('relay.mjs', [await npmFolder(packages)]);
    },
  },
  {
    name: '@graphql-codegen/typescript 6.1.0, @graphql-codegen/typescript-operations 6.1.9 (npm)',
    isShort: false,
    prepare: async () => {
      const packages = {
        '@graphql-codegen/cli': '7.4.3',
        '@graphql-codegen/typescript': '6.1.0',
        '@graphql-codegen/typescript-operations': '6.1.9',
        graphql: '16.15.0',
        typescript: '5.9.3',
      };
      return node('codegen.mjs', [await npmFolder(packages)]);
    },
  },
  npm(
    '@graphql-eslint/eslint-plugin 4.4.1 (npm)',
    'eslint.mjs',
    { '@graphql-eslint/eslint-plugin': '4.4.1', eslint: '10.15.0', graphql: '16.15.0' },
    ['eslint', '@graphql-eslint/eslint-plugin'],
  ),
  python('gql 4.4.0', 'gql_client.py', ['gql[aiohttp,websockets]==4.4.0']),
];
