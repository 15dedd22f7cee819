import { z } from 'zod';
import { type ModelAliases, modelAliasesForm, parseModelAliases } from './values/modelAliases.ts';
import { every, isWebUrl, list, parsed, variable, wholeNumber } from './variable.ts';

const isEngineUrl = (text: string): boolean => isWebUrl(text.replace(/^openai\+/, ''));

/** The engine and its models. */
export const engineVariables = {
  OLLAMA_URL: variable({
    schema: z
      .string()
      .refine((text) => text === 'embedded' || every(isWebUrl)(text), 'give http://host:port, or embedded')
      .transform((text) => (text === 'embedded' ? ('embedded' as const) : list(text)))
      .nullable()
      .default(null),
    default: 'a local Ollama if one answers, else the embedded engine',
    meaning:
      'the URL of Ollama, or several separated by commas, which share the load; `embedded` forces the embedded engine',
  }),
  ENGINE_URL: variable({
    schema: z
      .string()
      .refine(every(isEngineUrl), 'give openai+http://host:8000/v1, or http://host:11434 for an Ollama')
      .transform(list)
      .nullable()
      .default(null),
    default: 'none',
    meaning:
      'the URL of another engine, or several separated by commas: `openai+http://host:8000/v1` for a server with the API of OpenAI, such as vLLM, SGLang, LM Studio or the server of llama.cpp; `http://host:11434` for an Ollama. They share the load with those of `OLLAMA_URL`',
  }),
  ENGINE_API_KEY: variable({
    schema: z
      .string()
      .regex(/^[\x21-\x7e]+$/, 'give a key without blanks')
      .nullable()
      .default(null),
    default: 'none',
    meaning: 'the API key of the `openai+` engines in `ENGINE_URL`',
    secret: true,
  }),
  OLLAMA_NUM_PARALLEL: variable({
    schema: wholeNumber(1, 64, '').default(4),
    default: '`4`',
    meaning: 'how many answers each engine computes in parallel; use the value that Ollama itself is set to',
  }),
  MODEL_PATH: variable({
    schema: z.string().nullable().default(null),
    default: 'SmolLM2-135M-Instruct, downloaded if it is not found',
    meaning: "the embedded engine's model, a GGUF file",
  }),
  DEFAULT_MODEL: variable({
    schema: z.string().nullable().default(null),
    default: 'the first installed of `llama3.2`, then any',
    meaning: 'the model for requests that name none',
  }),
  MODEL_FALLBACK: variable({
    schema: z.string().transform(list).nullable().default(null),
    default: "the embedded engine's model; none with Ollama",
    meaning:
      'the models, separated by commas in the order of preference, of which the first installed one answers for an alias, `llama3.2`, `mistral` or `codellama:7b` that is not installed; the answer says so',
  }),
  MODEL_ALIASES: variable({
    schema: parsed<ModelAliases>(parseModelAliases, modelAliasesForm).default(new Map()),
    default: 'none',
    meaning:
      'further names of models, such as `fast=llama3.2,code=codellama:7b`; several models in the order of preference are separated by `>`',
  }),
  CONTEXT_LIMIT: variable({
    schema: wholeNumber(512, 1_048_576, ' (tokens)').default(32_768),
    default: '`32768`',
    meaning:
      'the maximum context in tokens that a request to an Ollama may ask for with `num_ctx`; each parallel answer takes memory for it, for a model with 8 billion parameters about 1 GB per 8,192 tokens',
  }),
  LOAD_TIMEOUT_S: variable({
    schema: wholeNumber(1, 86_400, ' (seconds)').default(600),
    default: '`600`',
    meaning:
      'how long an answer waits while the engine loads the model, in seconds; the engine goes on loading afterwards',
  }),
  FIRST_TOKEN_TIMEOUT_S: variable({
    schema: wholeNumber(1, 86_400, ' (seconds)').default(300),
    default: '`300`',
    meaning: 'how long an answer waits for its first token once the model is loaded, in seconds',
  }),
  TOOL_CALL_TIMEOUT_S: variable({
    schema: wholeNumber(1, 86_400, ' (seconds)').default(300),
    default: '`300`',
    meaning:
      'how long the engine may send nothing in an answer with tools, in seconds: a tool call arrives as a whole',
  }),
  PULL_TIMEOUT_S: variable({
    schema: wholeNumber(1, 86_400, ' (seconds)').default(120),
    default: '`120`',
    meaning: 'how long an Ollama may send nothing while it downloads a model, in seconds',
  }),
  PULL_VERIFY_TIMEOUT_S: variable({
    schema: wholeNumber(1, 86_400, ' (seconds)').default(1800),
    default: '`1800`',
    meaning: 'how long an Ollama may take to verify a downloaded model, in seconds',
  }),
} as const;
