import { z } from 'zod';
import type { Viewer } from '../../access/viewer.ts';
import { badInput } from '../../errors/failures.ts';
import { sendJson } from '../responses/json.ts';
import { parseJson, readJsonBytes } from '../server/body.ts';
import type { Exchange } from '../server/exchange.ts';
import { requireViewer } from './requireViewer.ts';
import type { Route, Unlisted } from './routes.ts';
import { validate } from './validate.ts';

export type ErrorStatus = 400 | 401 | 403 | 404 | 409 | 413 | 429 | 502 | 503 | 504;

/** What the OpenAPI document says about a route. */
export interface Operation {
  /** The operation id, unique in the document. */
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** The parameter in braces in the path: its description. */
  readonly parameter?: string;
  /** The parameters of the query, each with a description. A list may be repeated. */
  readonly query?: z.ZodObject;
  readonly body?: {
    readonly schema: z.ZodType;
    /** The maximum size, in bytes. */
    readonly limit: number;
    readonly examples?: Readonly<Record<string, unknown>>;
  };
  /** A file as the body, which `handle` reads itself. `limit` is its maximum size in bytes. */
  readonly upload?: {
    readonly description: string;
    readonly limit: number;
    /** The media types of the body. Absent: `application/octet-stream`. */
    readonly types?: readonly string[];
  };
  /** The successful response: its schemas by media type; null: 204 without content. */
  readonly answer: {
    readonly description: string;
    readonly types: Readonly<Record<string, z.ZodType>> | null;
  };
  /** Descriptions of further statuses with the same schemas. */
  readonly also?: Readonly<Record<number, string>>;
  /** The statuses of errors, beside those of invalid input (400, 413) and of missing credentials (401). */
  readonly errors?: readonly ErrorStatus[];
  /** Default: `required`. With `none`, credentials aren't read. */
  readonly credentials?: keyof Credentials;
}

/** The caller that a handler gets. */
interface Credentials {
  readonly required: Viewer;
  readonly optional: Viewer | null;
  readonly none: null;
}

/** What a handler gets. */
export interface Call<Query, Body, Caller> {
  readonly exchange: Exchange;
  readonly viewer: Caller;
  /** The decoded value of the path's parameter. Empty if it has none. */
  readonly parameter: string;
  readonly query: Query;
  readonly body: Body;
}

/** A route and its operation in the OpenAPI document. */
export interface Endpoint<
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Answer extends z.ZodType,
  Access extends keyof Credentials,
> extends Operation {
  readonly method: Route['method'];
  /**
   * One name in braces, such as `{model}`. At the end it takes the rest of the path, slashes included; before a last
   * segment, one segment.
   */
  readonly path: string;
  readonly query?: Query;
  readonly body?: Operation['body'] & { readonly schema: Body };
  readonly answer: Operation['answer'] & { readonly types: { readonly 'application/json'?: Answer } | null };
  readonly credentials?: Access;
  /** Checks the body as it was received, before it is parsed, such as its signature. */
  verify?(call: {
    readonly exchange: Exchange;
    readonly parameter: string;
    readonly bytes: Buffer;
  }): Promise<void>;
  /** Returns the JSON document to send, or sends the response itself and returns nothing. */
  handle(
    call: Call<z.output<Query>, z.output<Body>, Credentials[Access]>,
  ): Promise<z.input<Answer> | undefined>;
}

/** A route that the OpenAPI document leaves out. Its handler reads the request, and sends the response. */
interface UnlistedEndpoint<Access extends keyof Credentials> {
  readonly unlisted: Unlisted;
  readonly method: Route['method'];
  /** As of a `Route`. */
  readonly path: string;
  readonly credentials: Access;
  handle(call: Pick<Call<never, never, Credentials[Access]>, 'exchange' | 'viewer'>): Promise<void>;
}

/**
 * Creates a route: the only way to declare one. It authenticates, parses and answers by the schemas of its operation, so
 * that the OpenAPI document can't differ from it; or it says why it isn't in the document. Errors in order:
 * `UNAUTHENTICATED`, then `BAD_USER_INPUT` for the path, the query and the body.
 */
export function endpoint<
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodUndefined,
  Answer extends z.ZodType = z.ZodUndefined,
  Access extends keyof Credentials = 'required',
>(declared: Endpoint<Query, Body, Answer, Access>): Route;
export function endpoint<Access extends keyof Credentials>(declared: UnlistedEndpoint<Access>): Route;
export function endpoint(
  declared:
    | Endpoint<z.ZodObject, z.ZodType, z.ZodType, keyof Credentials>
    | UnlistedEndpoint<keyof Credentials>,
): Route {
  return ('unlisted' in declared ? unlistedRoute(declared) : listedRoute(declared)) as Route;
}

type Made = Pick<Route, 'method' | 'path' | 'operation' | 'handle'>;

const unlistedRoute = (declared: UnlistedEndpoint<keyof Credentials>): Made => {
  const { unlisted, method, path, credentials, handle } = declared;
  return {
    method,
    path,
    operation: unlisted,
    handle: async (exchange) =>
      handle({ exchange, viewer: (await viewerOf(exchange, credentials)) as never }),
  };
};

const listedRoute = ({
  method,
  path,
  handle,
  verify,
  ...operation
}: Endpoint<z.ZodObject, z.ZodType, z.ZodType, keyof Credentials>): Made => {
  const { query, body, answer, credentials = 'required' } = operation;
  const [before = '', name = '', after = ''] = path.split(/\{(\w+)\}/);
  return {
    method,
    path: name === '' ? path : `${before}*${after}`,
    operation: { ...operation, path },
    async handle(exchange) {
      const viewer = await viewerOf(exchange, credentials);
      // A list may be long, and its client slow: a caller has only a few of them in memory.
      if (method === 'GET' && credentials !== 'none' && answer.types?.['application/json'])
        await exchange.holdOperation();
      const parameter = decode(name, exchange.path.slice(before.length, exchange.path.length - after.length));
      const readBody = async (limit: number) => {
        const bytes = await readJsonBytes(exchange.request, limit);
        await verify?.({ exchange, parameter, bytes });
        return parseJson(bytes);
      };
      const answered = await handle({
        exchange,
        viewer: viewer as never,
        parameter,
        query: query && validate(query, readQuery(exchange, query)),
        body: body && validate(body.schema, await readBody(body.limit)),
      } as Call<Readonly<Record<string, unknown>>, unknown, never>);
      if (answered !== undefined) sendJson(exchange, 200, answered);
      else if (answer.types === null) exchange.response.writeHead(204).end();
    },
  };
};

/** A JSON document as the only successful response. */
export const json = <Answer extends z.ZodType>(description: string, schema: Answer) => ({
  description,
  types: { 'application/json': schema },
});

const viewerOf = async (exchange: Exchange, credentials: keyof Credentials): Promise<Viewer | null> => {
  if (credentials === 'none') return null;
  return credentials === 'required' ? requireViewer(exchange) : (await exchange.caller()).viewer;
};

const decode = (name: string, encoded: string): string => {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw badInput(name, `The ${name} name in the URL is not valid percent-encoding. URL-encode the name.`);
  }
};

const readQuery = ({ request }: Exchange, { shape }: z.ZodObject): Readonly<Record<string, unknown>> => {
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const given: Record<string, unknown> = {};
  for (const name of new Set(searchParams.keys())) {
    const schema = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (!schema) {
      const known = Object.keys(shape).join(', ');
      throw badInput(
        'query',
        `Unknown parameter ${JSON.stringify(name.slice(0, 80))}. Parameters: ${known}.`,
      );
    }
    given[name] = isList(schema) ? searchParams.getAll(name) : searchParams.get(name);
  }
  return given;
};

const isList = (schema: z.core.$ZodType): boolean =>
  schema instanceof z.ZodArray || (schema instanceof z.ZodOptional && isList(schema.unwrap()));
