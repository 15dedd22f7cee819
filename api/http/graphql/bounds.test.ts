import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLObjectType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isIntrospectionType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { Bounds } from '../../graph/bounds/bounds.ts';
import { boundsOf } from '../../graph/bounds/checkBounds.ts';
import { subgraph } from '../../schema.ts';
import { acknowledged, sendQuery } from '../sockets/sockets.testing.ts';
import { startTestServer, type TestServer } from '../testing/testServer.ts';

/** An argument, or a field of an input object. */
interface InputValue {
  readonly name: string;
  readonly parent: GraphQLObjectType;
  readonly field: string;
  /** From the argument to the innermost field. */
  readonly path: readonly (GraphQLArgument | GraphQLInputField)[];
}

const inputValuesIn = (
  input: InputValue,
  declared: GraphQLArgument | GraphQLInputField,
): readonly InputValue[] => {
  const here = {
    ...input,
    name: `${input.name}.${declared.name}`,
    path: [...input.path, declared],
  };
  const named = getNamedType(declared.type);
  if (!isInputObjectType(named)) return [here];
  return Object.values(named.getFields()).flatMap((field) => inputValuesIn(here, field));
};

const inputValues: readonly InputValue[] = Object.values(subgraph.getTypeMap())
  .filter((type): type is GraphQLObjectType => isObjectType(type) && !isIntrospectionType(type))
  .flatMap((parent) =>
    Object.values(parent.getFields()).flatMap((field) =>
      field.args.flatMap((argument) =>
        inputValuesIn(
          { name: `${parent.name}.${field.name}`, parent, field: field.name, path: [] },
          argument,
        ),
      ),
    ),
  );

const last = ({ path }: InputValue): GraphQLArgument | GraphQLInputField => {
  const found = path.at(-1);
  if (!found) throw new Error('an input value has no path');
  return found;
};
const hasList = (type: GraphQLInputType): boolean => isListType(getNullableType(type));
const namesOf = (type: GraphQLInputType) => getNamedType(type).name;

const texts = ['String', 'ID', 'JSON', '_Any'];
const numbers = ['Int', 'Float'];

describe('the bounds of the schema', () => {
  it('are declared for every text, number, JSON value and list of the input', () => {
    const without = inputValues.filter((input) => {
      const { type } = last(input);
      const { maxLength, maxItems, min, max } = boundsOf(last(input));
      const name = namesOf(type);
      return (
        (texts.includes(name) && maxLength === undefined) ||
        (numbers.includes(name) && (min === undefined || max === undefined)) ||
        (hasList(type) && maxItems === undefined)
      );
    });
    expect(without.map(({ name }) => name)).toEqual([]);
    expect(inputValues.length).toBeGreaterThan(150);
  });

  it('are in the description of each argument and field', () => {
    const silent = inputValues.filter((input) => {
      const { maxLength, maxItems, max } = boundsOf(last(input));
      const description = last(input).description ?? '';
      return [maxLength, maxItems, max].some(
        (bound) => bound !== undefined && !description.includes(String(bound)),
      );
    });
    // The gateway's field is defined in SDL.
    expect(silent.map(({ name }) => name)).toEqual(['Query._entities.representations']);
  });
});

const someValue = (type: GraphQLInputType): unknown => {
  const bare = getNullableType(type);
  if (isListType(bare)) return [someValue(bare.ofType)];
  if (isEnumType(bare)) return bare.getValues()[0]?.name;
  if (isInputObjectType(bare)) {
    const required = Object.values(bare.getFields()).filter((field) => isNonNullType(field.type));
    return Object.fromEntries(required.map((field) => [field.name, someValue(field.type)]));
  }
  if (bare.name === 'DateTime') return '2026-01-01T00:00:00.000Z';
  if (bare.name === 'Boolean') return true;
  return numbers.includes(bare.name) ? 1 : 'x';
};

const leaf = (type: GraphQLInputType, { maxLength = 0 }: Bounds, over: number): unknown => {
  const named = getNamedType(type);
  const length = maxLength + over;
  if (named.name === 'JSON') return { x: 'x'.repeat(length - '{"x":""}'.length) };
  return texts.includes(named.name) ? 'x'.repeat(length) : someValue(named);
};

/** Returns values at and past the bounds of an input value, and whether each must be accepted. */
const trials = (input: InputValue): readonly { readonly value: unknown; readonly isAccepted: boolean }[] => {
  const { type } = last(input);
  const bounds = boundsOf(last(input));
  const { maxItems, min, max } = bounds;
  const asValue = (value: unknown) => (hasList(type) ? [value] : value);
  return [
    ...(min === undefined || max === undefined
      ? []
      : [
          { value: min, isAccepted: true },
          { value: max, isAccepted: true },
          { value: min - 1, isAccepted: false },
          // There is no such Int after 2^31-1.
          ...(max === 2 ** 31 - 1 ? [] : [{ value: max + 1, isAccepted: false }]),
        ]),
    ...(bounds.maxLength === undefined
      ? []
      : [
          { value: asValue(leaf(type, bounds, 0)), isAccepted: true },
          { value: asValue(leaf(type, bounds, 1)), isAccepted: false },
        ]),
    ...(maxItems === undefined
      ? []
      : [
          { value: Array(maxItems).fill(leaf(type, { maxLength: 1 }, 0)), isAccepted: true },
          { value: Array(maxItems + 1).fill(leaf(type, { maxLength: 1 }, 0)), isAccepted: false },
        ]),
  ];
};

/** Returns a field of the query, with its required arguments, that leads to objects of a type. */
const entryTo = (parent: GraphQLObjectType): string => {
  const fields = Object.values(subgraph.getQueryType()?.getFields() ?? {});
  const field = fields.find(({ type }) => getNamedType(type) === parent);
  const required = field?.args.filter(({ type }) => isNonNullType(type)) ?? [];
  const passed = required.map(({ name, type }) => `${name}: ${JSON.stringify(someValue(type))}`).join(', ');
  return `${field?.name}${passed && `(${passed})`}`;
};

/** Returns an operation with a value for one input value, and only the required other ones. */
const operationWith = ({ parent, field, path }: InputValue, value: unknown) => {
  const [argument, ...inner] = path;
  if (!argument) throw new Error('an input value has no argument');
  const given = inner.reduceRight<unknown>((inside, { name }, index) => {
    const owner = [argument, ...inner][index];
    const some = owner && someValue(owner.type);
    return Array.isArray(some) ? [{ ...some[0], [name]: inside }] : { ...Object(some), [name]: inside };
  }, value);
  const others = parent
    .getFields()
    [field]?.args.filter(({ name, type }) => name !== argument.name && isNonNullType(type));
  const all = [argument, ...(others ?? [])];
  const definitions = all.map(({ name, type }) => `$${name}: ${type}`).join(', ');
  const passed = all.map(({ name }) => `${name}: $${name}`).join(', ');
  const root = [
    ['query', subgraph.getQueryType()],
    ['mutation', subgraph.getMutationType()],
    ['subscription', subgraph.getSubscriptionType()],
  ].find(([, type]) => type === parent)?.[0];
  const type = parent.getFields()[field]?.type;
  const selection = `${field}(${passed})${type && isLeafType(getNamedType(type)) ? '' : ' { __typename }'}`;
  const isNode = parent.getInterfaces().some(({ name }) => name === 'Node');
  const query = root
    ? `${root} (${definitions}) { ${selection} }`
    : `query (${definitions}) { ${isNode ? 'node(id: "x")' : entryTo(parent)} { ... on ${parent.name} { ${selection} } } }`;
  const variables = Object.fromEntries(
    all.map(({ name, type }) => [name, name === argument.name ? given : someValue(type)]),
  );
  return { query, variables };
};

/** A file can only be sent in a multipart request; the tests of attachments do that. */
const isOfUpload = (input: InputValue): boolean =>
  (input.field === 'uploadAttachment' && input.parent.name === 'Mutation') ||
  namesOf(last(input).type) === 'Upload';

const bounded = inputValues.filter((input) => trials(input).length > 0 && !isOfUpload(input));

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions: { readonly code: string; readonly field?: string };
  }[];
}

describe('a value at its bound', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer({
      schema: subgraph,
      graphqlBodyLimit: 3_000_000,
      // Operations that get this far were accepted. None is run.
      plugins: [
        {
          onExecute: ({ setResultAndStopExecution }) =>
            setResultAndStopExecution({ data: { wasAccepted: true } }),
          onSubscribe: ({ setResultAndStopExecution }) =>
            setResultAndStopExecution({ data: { wasAccepted: true } }),
        },
      ],
    });
  });

  afterAll(() => server.stop());

  const send = async (operation: object): Promise<Answer> =>
    (await (await server.graphql(operation, { Accept: 'application/json' })).json()) as Answer;

  it.each(bounded.map((input) => [input.name, input] as const))(
    'is accepted for %s, and one past it is rejected with the bound',
    async (_name, input) => {
      const { isPrompt, maxLength, maxItems, min, max } = boundsOf(last(input));
      for (const { value, isAccepted } of trials(input)) {
        const { data, errors } = await send(operationWith(input, value));
        if (isAccepted) {
          expect(errors).toBeUndefined();
          expect(data).toEqual({ wasAccepted: true });
        } else {
          expect(errors?.[0]?.extensions.code).toBe(isPrompt ? 'PROMPT_TOO_LARGE' : 'BAD_USER_INPUT');
          const numbersInMessage = errors?.[0]?.message.match(/-?\d+/g)?.map(Number) ?? [];
          expect([maxLength, maxItems, min, max]).toEqual(
            expect.arrayContaining([
              numbersInMessage.findLast((number) => [maxLength, maxItems, min, max].includes(number)),
            ]),
          );
          expect(data).toBeUndefined();
        }
      }
    },
  );

  const long = 'x'.repeat(257);

  it.each([
    ['written in the document', `{ conversations(search: "${long}") { edges { cursor } } }`],
    [
      'in a fragment',
      `{ ...F } fragment F on Query { conversations(search: "${long}") { edges { cursor } } }`,
    ],
    [
      'deep in an input object',
      `mutation { createConversation(input: { options: { stop: ["${long}"] } }) { clientMutationId } }`,
    ],
    ['an alias, which the response repeats', `{ ${'a'.repeat(257)}: viewer { id } }`],
    ['a label of @defer, which the response repeats', `{ ... @defer(label: "${long}") { viewer { id } } }`],
  ])('counts a text that is %s', async (_where, query) => {
    const { errors, data } = await send({ query });
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(errors?.[0]?.message).toContain('257 characters');
    expect(data).toBeUndefined();
  });

  it('is checked for subscriptions and queries over a socket', async () => {
    for (const query of [
      `subscription { generation(id: "${'x'.repeat(2000)}") { delta } }`,
      `{ conversations(search: "${long}") { edges { cursor } } }`,
    ]) {
      const peer = await acknowledged(server);
      const { payload } = (await sendQuery(peer, query)) as { payload: Answer['errors'] | Answer };
      const errors = Array.isArray(payload) ? payload : (payload as Answer).errors;
      peer.socket.close();
      expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
  });

  it.each([
    '-271821-04-20T00:00:00.000Z',
    '+275760-09-13T00:00:00.000Z',
    '0000-01-01T00:00:00.000+01:00',
    ' '.repeat(100),
    'x'.repeat(1_000_000),
  ])('of a DateTime is the years 0 to 9999: %p is rejected', async (to) => {
    const query = 'query ($to: DateTime) { usage(to: $to) { total { generations } } }';
    const { errors } = await send({ query, variables: { to } });
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(errors?.[0]?.message.length).toBeLessThan(3000);
  });
});
