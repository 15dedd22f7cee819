import { z } from 'zod';
import { sendFailure } from '../../responses/json.ts';
import { anthropicError, failAsAnthropic } from '../anthropic/anthropicErrors.ts';
import type { ErrorStatus, Operation } from '../endpoint.ts';
import { failAsLlm, failAsOllama, llmError, ollamaError } from '../ollama/ollamaErrors.ts';
import { failAsOpenAI, openaiError } from '../openai/openaiErrors.ts';
import { failAsPreset, presetError } from '../presets/presetErrors.ts';
import type { Route, Unlisted } from '../routes.ts';

type DocumentedOperation = Exclude<Route['operation'], Unlisted>;

// Writes the operations and components of an OpenAPI 3.1 document. zod writes their schemas as JSON Schema 2020-12.

const errorDescriptions = {
  400: 'The request is invalid; the message names the field and the rule.',
  401: 'Credentials are missing or invalid.',
  403: 'The caller lacks the permission.',
  404: 'The model or resource does not exist; the message names it.',
  409: 'The resource is in use; the message names what to do first.',
  413: 'The body or the prompt is too large.',
  429: 'A rate limit or quota is exceeded. `Retry-After` has the seconds to wait.',
  502: 'The engine failed.',
  503: 'The engine is unavailable.',
  504: 'The engine timed out.',
} as const satisfies Record<ErrorStatus, string>;

const schemaOf = (schema: z.ZodType): object => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
};

const content = (schemas: Readonly<Record<string, z.ZodType>>) =>
  Object.fromEntries(Object.entries(schemas).map(([type, schema]) => [type, { schema: schemaOf(schema) }]));

/** The formats of errors, by the function that sends them. */
const errorFormats = [
  { fail: sendFailure, name: 'Error', schema: z.object({ detail: z.string() }) },
  { fail: failAsLlm, name: 'LlmError', schema: llmError },
  { fail: failAsOllama, name: 'OllamaError', schema: ollamaError },
  { fail: failAsOpenAI, name: 'OpenAIError', schema: openaiError },
  { fail: failAsPreset, name: 'PresetError', schema: presetError },
  { fail: failAsAnthropic, name: 'AnthropicError', schema: anthropicError },
];

const errorSchemaOf = ({ fail = sendFailure, path }: Route): object => {
  const format = errorFormats.find((candidate) => candidate.fail === fail);
  if (!format)
    throw new RangeError(`The errors of ${path} have no schema. Add their format to errorFormats.`);
  return { $ref: `#/components/schemas/${format.name}` };
};

const errorsOf = ({
  path,
  query,
  body,
  upload,
  errors = [],
  credentials,
}: DocumentedOperation): readonly ErrorStatus[] => [
  ...(query || body || upload || path.includes('{') ? [400 as const] : []),
  ...(body || upload ? [413 as const] : []),
  ...(credentials === 'none' ? [] : [401 as const]),
  ...errors,
];

const parametersOf = ({ path, parameter, query }: DocumentedOperation): readonly object[] => [
  ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    description: parameter,
    schema: { type: 'string' },
  })),
  ...Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    description: schema.description,
    schema: schemaOf(schema),
  })),
];

const bodyOf = ({ schema, examples }: NonNullable<Operation['body']>): object => ({
  required: true,
  content: {
    'application/json': {
      schema: schemaOf(schema),
      ...(examples && {
        examples: Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, { value }])),
      }),
    },
  },
});

const uploadOf = ({
  description,
  types = ['application/octet-stream'],
}: NonNullable<Operation['upload']>): object => ({
  required: true,
  description,
  content: Object.fromEntries(types.map((type) => [type, { schema: { type: 'string', format: 'binary' } }])),
});

/** The alternatives that authenticate a caller. */
export const security = [{ token: [] }, { apiKey: [] }, { session: [] }];

const securities = { optional: [{}, ...security], none: [] };

/** Returns the operation object (OpenAPI 3.1, 4.8.10) of a route. */
export const operationOf = (route: Route, operation: DocumentedOperation): object => {
  const {
    id,
    tag,
    summary,
    description,
    body,
    upload,
    answer,
    also = {},
    credentials = 'required',
  } = operation;
  const schema = errorSchemaOf(route);
  const success = answer.types ? { content: content(answer.types) } : {};
  const others = Object.entries(also).map(([status, text]) => [status, { description: text, ...success }]);
  const errors = errorsOf(operation).map((status) => [
    status,
    { description: errorDescriptions[status], content: { 'application/json': { schema } } },
  ]);
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description && { description }),
    ...(credentials !== 'required' && { security: securities[credentials] }),
    parameters: parametersOf(operation),
    ...(body && { requestBody: bodyOf(body) }),
    ...(upload && { requestBody: uploadOf(upload) }),
    responses: {
      [answer.types ? 200 : 204]: { description: answer.description, ...success },
      ...Object.fromEntries([...others, ...errors]),
    },
  };
};

export const components = {
  securitySchemes: {
    token: { type: 'http', scheme: 'bearer', description: 'A token from POST /api/auth/login.' },
    apiKey: {
      type: 'apiKey',
      in: 'header',
      name: 'X-API-Key',
      description: 'An API key from the settings. It can also be sent as a bearer token, or by HTTP Basic.',
    },
    session: {
      type: 'apiKey',
      in: 'cookie',
      name: 'ziggie_session',
      description: 'The session of the web app.',
    },
  },
  schemas: Object.fromEntries(errorFormats.map(({ name, schema }) => [name, schemaOf(schema)])),
};
