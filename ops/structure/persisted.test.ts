import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  getIntrospectionQuery,
  getOperationAST,
  isInputType,
  Kind,
  parse,
  typeFromAST,
  validate,
} from 'graphql';
import { defaultDocumentLimits } from '../../api/config/values/documentLimits.ts';
import { examples } from '../../api/http/graphql/graphiqlExamples.ts';
import { startTestServer, type TestServer } from '../../api/http/testing/testServer.ts';
import { schema } from '../../api/schema.ts';
import { valueFor } from '../e2e/harness/values.ts';

const text = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

type Documents = Readonly<Record<string, string>>;

const documents: Documents = JSON.parse(await text('schema/persisted.json'));

/** Those of the present pages, as Relay compiled them. */
const present: Documents = JSON.parse(await text('web/__generated__/persisted.json'));

/** The cost that a page may grow by, before its query exceeds half of the limit. */
const headroom = 500;

describe("the web app's documents", () => {
  it('have the SHA-256 of their text as id', () => {
    const wrong = Object.entries(documents).filter(
      ([id, document]) => createHash('sha256').update(document).digest('hex') !== id,
    );
    expect(Object.keys(documents).length).toBeGreaterThan(20);
    expect(wrong).toEqual([]);
  });

  it('are all valid, including documents of earlier pages', () => {
    const refused = Object.values(documents).flatMap((document) =>
      validate(schema, parse(document)).map(({ message }) => `${document.split('\n', 1)[0]}: ${message}`),
    );
    expect(refused).toEqual([]);
  });
});

describe('the cost of documents', () => {
  const { depth, aliases, directives, tokens, cost } = defaultDocumentLimits;
  const half = {
    depth: depth / 2,
    aliases: aliases / 2,
    directives: directives / 2,
    characters: Math.floor(defaultDocumentLimits.characters / 2),
    tokens: tokens / 2,
    cost: cost / 2,
  };
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ schema, documentLimits: half });
  });
  afterAll(() => server.stop());

  const operationsOf = (document: string) =>
    parse(document).definitions.flatMap((one) =>
      one.kind === Kind.OPERATION_DEFINITION ? [one.name?.value] : [],
    );

  const variablesOf = (document: string, operationName?: string) => {
    const definitions = getOperationAST(parse(document), operationName)?.variableDefinitions ?? [];
    const filled = definitions.flatMap(({ variable, type, defaultValue }) => {
      const known = typeFromAST(schema, type as Parameters<typeof typeFromAST>[1]);
      return defaultValue || !isInputType(known) ? [] : [[variable.name.value, valueFor(known)] as const];
    });
    return Object.fromEntries(filled);
  };

  /** Sends the document without authentication: it is checked, but doesn't run. */
  const ask = async (query: string, operationName?: string, limited = server) => {
    const variables = variablesOf(query, operationName);
    const response = await limited.graphql({ query, operationName, variables });
    const body = await response.text();
    return JSON.parse(body) as {
      readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
      readonly extensions?: { readonly cost: { readonly requested: number } };
    };
  };

  const isTooMuch = async (query: string, operationName?: string, limited = server) =>
    (await ask(query, operationName, limited)).errors?.some(
      ({ extensions }) => extensions.code === 'TOO_COMPLEX',
    ) ?? false;

  it('is within half of the limits: documents of the web app, of GraphiQL and of the documentation', async () => {
    const pages = ['README.md', 'docs/accounts-and-limits.md'];
    const blocks = (await Promise.all(pages.map(text))).flatMap((page) =>
      [...page.matchAll(/```graphql\n([\s\S]*?)```/g)].map(([, block = '']) => block),
    );
    expect(blocks.length).toBeGreaterThan(2);
    const asked = [...Object.values(documents), examples.query, ...blocks];
    const refused = [];
    for (const query of asked) {
      for (const name of operationsOf(query)) if (await isTooMuch(query, name)) refused.push(query);
    }
    expect(refused).toEqual([]);
  });

  it('leaves the present pages room for further fields', async () => {
    const strict = await startTestServer({ schema, documentLimits: { ...half, cost: half.cost - headroom } });
    const refused = [];
    for (const query of Object.values(present)) {
      for (const name of operationsOf(query)) if (await isTooMuch(query, name, strict)) refused.push(name);
    }
    await strict.stop();
    expect(refused).toEqual([]);
  });

  it('is within the limits for the introspection of tools', async () => {
    const query = getIntrospectionQuery({
      inputValueDeprecation: true,
      schemaDescription: true,
      specifiedByUrl: true,
    });
    const whole = await startTestServer({ schema, introspection: 'on' });
    expect((await ask(query, undefined, whole)).errors).toBeUndefined();
    await whole.stop();
  });

  it('counts the fields that the answer could have', async () => {
    const costOf = async (query: string) => (await ask(query)).extensions?.cost.requested;
    expect(await costOf('{ viewer { id } }')).toBe(2);
    // The connection, and of each of 50 edges: itself, its node, its title.
    expect(await costOf('{ conversations(first: 50) { edges { node { title } } } }')).toBe(1 + 50 * 3);
    expect(await costOf('query ($n: Int = 10) { conversations(last: $n) { edges { cursor } } }')).toBe(
      1 + 10 * 2,
    );
    expect(await costOf('{ nodes(ids: ["a", "b", "c"]) { id } }')).toBe(1 + 3 * (20 + 1));
  });
});
