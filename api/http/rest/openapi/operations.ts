import { z } from 'zod';
import { openaiError } from '../openai/openaiErrors.ts';

/** Parts of an OpenAPI 3.1 document. Its schemas are JSON Schema 2020-12, which zod writes. */

export const restError = z.object({ detail: z.string() });

const reasons = {
  400: 'The body is wrong; the text names the field and the rule.',
  401: 'Nobody is signed in, or the token is no good.',
  403: 'Not allowed.',
  404: 'There is no such model; the text says which there are.',
  413: 'The body, or the prompt, is too large.',
  429: 'Too many requests. `Retry-After` says for how many seconds to wait.',
  502: 'The engine failed.',
  503: 'There is no engine now.',
  504: 'The engine took too long.',
} as const;

export type ErrorStatus = keyof typeof reasons;

export const schemaOf = (schema: z.ZodType): object => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
};

const content = (schemas: Readonly<Record<string, z.ZodType>>) =>
  Object.fromEntries(Object.entries(schemas).map(([type, schema]) => [type, { schema: schemaOf(schema) }]));

export interface Operation {
  readonly method: 'get' | 'post';
  /** With parameters in braces. */
  readonly path: string;
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** What may stand in the query; each described. */
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly examples?: Readonly<Record<string, unknown>>;
  /** By media type; null: no content. */
  readonly answer: {
    readonly description: string;
    readonly types: Readonly<Record<string, z.ZodType>> | null;
  };
  /** Answers other than an error, with the same types. */
  readonly also?: Readonly<Record<number, string>>;
  readonly errors: readonly ErrorStatus[];
  /** Which shape errors have. */
  readonly errorsAs?: 'rest' | 'openai';
  readonly isPublic?: boolean;
}

export const operationOf = (operation: Operation): object => {
  const { id, tag, summary, description, parameters = {}, body, examples, answer, also = {} } = operation;
  const errorSchema = {
    $ref: `#/components/schemas/${operation.errorsAs === 'openai' ? 'OpenAIError' : 'Error'}`,
  };
  const success = answer.types ? { content: content(answer.types) } : {};
  const told = Object.entries(also).map(([status, text]) => [status, { description: text, ...success }]);
  const failed = operation.errors.map((status) => [
    status,
    { description: reasons[status], content: { 'application/json': { schema: errorSchema } } },
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
      ...Object.fromEntries([...told, ...failed]),
    },
  };
};

export const components = {
  securitySchemes: {
    token: { type: 'http', scheme: 'bearer', description: 'From POST /api/auth/login.' },
    apiKey: {
      type: 'apiKey',
      in: 'header',
      name: 'X-API-Key',
      description: 'Made in the settings; it is taken as a bearer token too.',
    },
    session: {
      type: 'apiKey',
      in: 'cookie',
      name: 'ziggie_session',
      description: 'Of who is signed in here.',
    },
  },
  schemas: { Error: schemaOf(restError), OpenAIError: schemaOf(openaiError) },
};
