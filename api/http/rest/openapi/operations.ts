import { z } from 'zod';
import { anthropicError } from '../anthropic/anthropicErrors.ts';
import { llmError, ollamaError } from '../ollama/ollamaErrors.ts';
import { openaiError } from '../openai/openaiErrors.ts';

// Writes the operations and components of an OpenAPI 3.1 document. zod writes their schemas as JSON Schema 2020-12.

const restError = z.object({ detail: z.string() });

const errorDescriptions = {
  400: 'The request is invalid; the message names the field and the rule.',
  401: 'Credentials are missing or invalid.',
  403: 'The caller lacks the permission.',
  404: 'The model does not exist; the message lists the installed models.',
  413: 'The body or the prompt is too large.',
  429: 'A rate limit or quota is exceeded. `Retry-After` has the seconds to wait.',
  502: 'The engine failed.',
  503: 'The engine is unavailable.',
  504: 'The engine timed out.',
} as const;

export type ErrorStatus = keyof typeof errorDescriptions;

const schemaOf = (schema: z.ZodType): object => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
};

const content = (schemas: Readonly<Record<string, z.ZodType>>) =>
  Object.fromEntries(Object.entries(schemas).map(([type, schema]) => [type, { schema: schemaOf(schema) }]));

/** The name of each error format among the components. */
const errorSchemas = {
  rest: 'Error',
  llm: 'LlmError',
  ollama: 'OllamaError',
  openai: 'OpenAIError',
  anthropic: 'AnthropicError',
} as const;

export interface Operation {
  readonly method: 'get' | 'post' | 'delete';
  /** With parameters in braces. */
  readonly path: string;
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** The parameters of the query, each with a description. */
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly examples?: Readonly<Record<string, unknown>>;
  /** The successful response: its schemas by media type; null: no content. */
  readonly answer: {
    readonly description: string;
    readonly types: Readonly<Record<string, z.ZodType>> | null;
  };
  /** Descriptions of further statuses with the same schemas. */
  readonly also?: Readonly<Record<number, string>>;
  readonly errors: readonly ErrorStatus[];
  /** The shape of errors; REST's by default. */
  readonly errorsAs?: keyof typeof errorSchemas;
  readonly isPublic?: boolean;
}

export const operationOf = (operation: Operation): object => {
  const { id, tag, summary, description, parameters = {}, body, examples, answer, also = {} } = operation;
  const errorSchema = { $ref: `#/components/schemas/${errorSchemas[operation.errorsAs ?? 'rest']}` };
  const success = answer.types ? { content: content(answer.types) } : {};
  const others = Object.entries(also).map(([status, text]) => [status, { description: text, ...success }]);
  const errors = operation.errors.map((status) => [
    status,
    { description: errorDescriptions[status], content: { 'application/json': { schema: errorSchema } } },
  ]);
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description && { description }),
    ...(operation.isPublic && { security: [] }),
    parameters: [
      ...Object.entries(parameters).map(([name, text]) => ({
        name,
        in: 'path',
        required: true,
        description: text,
        schema: { type: 'string' },
      })),
      ...Object.entries(operation.query?.shape ?? {}).map(([name, schema]) => ({
        name,
        in: 'query',
        description: schema.description,
        schema: schemaOf(schema),
      })),
    ],
    ...(body && {
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: schemaOf(body),
            ...(examples && {
              examples: Object.fromEntries(
                Object.entries(examples).map(([name, value]) => [name, { value }]),
              ),
            }),
          },
        },
      },
    }),
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
  schemas: {
    Error: schemaOf(restError),
    LlmError: schemaOf(llmError),
    OllamaError: schemaOf(ollamaError),
    OpenAIError: schemaOf(openaiError),
    AnthropicError: schemaOf(anthropicError),
  },
};
