import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql';
import { subgraph } from '../../schema.ts';
import { openapiDocument } from '../rest/openapi/openapi.ts';
import { startTestApp, type TestApp } from '../testing/app.testing.ts';

const adminPassword = 'a password for tests';
const chosenPassword = 'chosen by an attacker 1';
/** The private data of another user. */
const secretPrompt = 'XQuestionOfAliceX';
const secretAnswer = 'XAnswerToAliceX';

const scopes = ['READ', 'CHAT', 'ADMIN'] as const;
const combinations = Array.from({ length: 2 ** scopes.length - 1 }, (_, index) =>
  scopes.filter((_scope, bit) => ((index + 1) >> bit) & 1),
);

/** Returns a selection of every field without required arguments, `depth` levels deep. */
const selectionOf = (type: GraphQLOutputType, depth: number): string => {
  const named = getNamedType(type);
  if (isUnionType(named) || isInterfaceType(named)) {
    const parts = subgraph
      .getPossibleTypes(named)
      .map((each) => `... on ${each} ${selectionOf(each, depth)}`);
    return `{ __typename ${parts.join(' ')} }`;
  }
  if (!isObjectType(named)) return '';
  if (depth === 0) return '{ __typename }';
  const fields = Object.values(named.getFields())
    .filter(({ args }) => !args.some((arg) => isNonNullType(arg.type) && arg.defaultValue === undefined))
    .map(({ name, type: of }) => `${name} ${selectionOf(of, depth - 1)}`);
  return `{ __typename ${fields.join(' ')} }`;
};

interface Ids {
  readonly user: string;
  readonly own: Readonly<Record<string, string>>;
}

/** Returns a value that an attacker would send, as a GraphQL literal. */
const argumentOf = (name: string, type: GraphQLInputType, mutation: string, ids: Ids): string => {
  if (isNonNullType(type)) return argumentOf(name, type.ofType, mutation, ids);
  if (isListType(type)) return `[${argumentOf(name, type.ofType, mutation, ids)}]`;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(
      (field) => isNonNullType(field.type) || ['password', 'role', 'scopes'].includes(field.name),
    );
    return `{ ${fields.map((field) => `${field.name}: ${argumentOf(field.name, field.type, mutation, ids)}`).join(', ')} }`;
  }
  if (isEnumType(type)) {
    const names = type.getValues().map((value) => value.name);
    return names.includes('ADMIN') ? 'ADMIN' : (names[0] ?? '');
  }
  if (name === 'id' && /User/.test(mutation)) return JSON.stringify(ids.user);
  if (type.name === 'ID') return JSON.stringify(ids.own[name] ?? ids.user);
  if (type.name === 'Int' || type.name === 'Float') return '1';
  if (type.name === 'Boolean') return 'true';
  if (type.name === 'DateTime') return JSON.stringify('2030-01-01T00:00:00.000Z');
  if (/username/.test(name)) return JSON.stringify(`made-by-${mutation}`);
  // The attacker doesn't know the password, and tries to set one.
  return JSON.stringify(chosenPassword);
};

const callOf = (field: GraphQLField<unknown, unknown>, ids: Ids): string => {
  const args = field.args
    .filter(({ type }) => isNonNullType(type))
    .map((arg) => `${arg.name}: ${argumentOf(arg.name, arg.type, field.name, ids)}`);
  return `${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''} ${selectionOf(field.type, 3)}`;
};

describe.each(combinations.map((each) => [each.join(' '), each] as const))(
  'an API key with %s',
  (_, given) => {
    let app: TestApp;
    let key: string;
    let alice: { readonly id: string; readonly token: string };
    let disabled: { readonly id: string; readonly token: string };
    let conversationId: string;

    const send = async (path: string, method: string, body?: unknown) => {
      const response = await fetch(app.url + path, {
        method,
        headers: { 'X-API-Key': key, 'Content-Type': 'application/json' },
        redirect: 'manual',
        signal: AbortSignal.timeout(20_000),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return { cookie: response.headers.get('set-cookie') ?? '', text: await response.text() };
    };

    /** Expects no credential and no data of another user. */
    const expectHarmless = (name: string, { cookie, text }: { cookie: string; text: string }) => {
      expect([name, /session=[^;]/.test(cookie)]).toEqual([name, false]);
      for (const found of [/eyJ[\w-]+\.[\w-]+\./, /zk_[\w-]{20}/, /\/(?:reset|invite)\/[\w-]{20}/])
        expect([name, text.match(found)?.[0] ?? null]).toEqual([name, null]);
      expect([name, text.includes(secretPrompt), text.includes(secretAnswer)]).toEqual([name, false, false]);
    };

    beforeEach(async () => {
      app = await startTestApp({
        env: {
          AUDIT_CONTENT: 'on',
          DOCUMENT_LIMITS: 'depth=50,aliases=1000,directives=1000,tokens=100000,cost=10000000',
        },
      });
      app.standin.play({ tokens: [secretAnswer] });
      alice = await app.signUp('alice');
      disabled = await app.signUp('disabled');
      const asked = await app.graphql<{
        generate: { conversation: { id: string }; generation: { id: string } };
      }>(
        `mutation { generate(input: { prompt: "${secretPrompt}" }) { conversation { id } generation { id } } }`,
        {},
        alice.token,
      );
      conversationId = asked.data?.generate.conversation.id ?? '';
      await app.line(({ msg }) => msg === 'generation ended');
      await app.graphql(`mutation { disableUser(input: { id: "${disabled.id}" }) { user { id } } }`);
      const reset = `mutation { resetUserPassword(input: { id: "${alice.id}", password: "${adminPassword}" }) { path } }`;
      expect(JSON.stringify(await app.graphql(reset))).toContain('/reset/');
      expect(
        JSON.stringify(await app.graphql('mutation { inviteUser(input: { role: ADMIN }) { path } }')),
      ).toContain('/invite/');
      const made = await app.graphql<{ createApiKey: { secret: string } }>(
        `mutation { createApiKey(input: { name: "k", scopes: [${given.join(', ')}] }) { secret } }`,
      );
      key = made.data?.createApiKey.secret ?? '';
      app.standin.play({ tokens: ['Hello.'] });
    }, 30_000);
    afterEach(() => app.stop());

    it('gets no session, link or data of others by any mutation, query or route', async () => {
      const ids = { user: alice.id, own: { conversationId } };
      for (const field of Object.values(subgraph.getQueryType()?.getFields() ?? {})) {
        const { name } = field;
        expectHarmless(name, await send('/graphql', 'POST', { query: `{ ${callOf(field, ids)} }` }));
      }
      const audit = '{ auditLog(first: 100) { edges { node { action details } } } }';
      const seen = await send('/graphql', 'POST', { query: audit });
      expectHarmless('auditLog', seen);
      expect(seen.text.includes('promptLength')).toBe(given.includes('ADMIN'));

      const documented = Object.entries(openapiDocument('').paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
      );
      const undocumented = [
        { method: 'GET', path: '/metrics' },
        { method: 'GET', path: '/api/auth/oidc/start' },
        { method: 'GET', path: '/api/auth/oidc/callback?code=x&state=x' },
      ];
      for (const { method, path } of [...documented, ...undocumented]) {
        const body =
          method === 'GET'
            ? undefined
            : {
                username: 'alice',
                password: chosenPassword,
                model: 'stand-in',
                prompt: 'Hi',
                stream: false,
                messages: [{ role: 'user', content: 'Hi' }],
              };
        expectHarmless(`${method} ${path}`, await send(path.replace('{model}', 'stand-in'), method, body));
      }

      const mutations = Object.values(subgraph.getMutationType()?.getFields() ?? {});
      expect(mutations.length).toBeGreaterThan(30);
      // Mutations that delete the victim come last.
      const destroys = ({ name }: { name: string }) => Number(/^(delete|disable)/.test(name));
      for (const field of mutations.toSorted((one, other) => destroys(one) - destroys(other))) {
        if (field.name === 'deleteUser') {
          const role = await app.graphql(`{ node(id: "${alice.id}") { ... on User { role } } }`);
          expect([field.name, JSON.stringify(role)]).toEqual([
            field.name,
            expect.not.stringContaining('ADMIN'),
          ]);
        }
        const victims = field.name === 'enableUser' ? { ...ids, user: disabled.id } : ids;
        expectHarmless(
          field.name,
          await send('/graphql', 'POST', { query: `mutation { ${callOf(field, victims)} }` }),
        );
      }

      const { accounts } = app.app;
      const from = { address: '192.0.2.9', userAgent: null };
      for (const username of ['admin', 'alice', ...mutations.map(({ name }) => `made-by-${name}`)])
        await expect(accounts.signIn(username, chosenPassword, from)).rejects.toMatchObject({
          name: 'Failure',
        });
      await expect(accounts.signIn('disabled', 'correct horse battery', from)).rejects.toMatchObject({
        code: 'FORBIDDEN',
      });
      const users = await app.graphql<{ users: { edges: { node: { username: string; role: string } }[] } }>(
        '{ users(first: 100) { edges { node { username role } } } }',
      );
      const left = users.data?.users.edges.map(({ node }) => `${node.username} ${node.role}`) ?? [];
      expect(left.filter((each) => each.endsWith(' ADMIN'))).toEqual(['admin ADMIN']);
      expect(left.filter((each) => each.includes('made-by'))).toEqual([]);
    }, 60_000);
  },
);

describe('resetting a password', () => {
  let app: TestApp;
  let alice: { readonly id: string; readonly token: string };
  beforeEach(async () => {
    app = await startTestApp();
    alice = await app.signUp('alice');
  });
  afterEach(() => app.stop());

  const reset = (password: string | null) =>
    app.graphql<{ resetUserPassword: { path: string } }>(
      'mutation ($id: ID!, $password: String) { resetUserPassword(input: { id: $id, password: $password }) { path } }',
      { id: alice.id, password },
    );

  it("requires the administrator's own password, and counts wrong ones as failed sign-ins", async () => {
    expect((await reset(null)).errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'password',
    });
    for (let count = 0; count < 5; count += 1)
      expect((await reset('wrong')).errors?.[0]?.extensions).toMatchObject({
        code: 'BAD_USER_INPUT',
        field: 'password',
      });
    expect((await reset(adminPassword)).errors?.[0]?.extensions.code).toBe('RATE_LIMITED');
    const log = await app.graphql(
      '{ auditLog(first: 20, filter: { actions: [RESET_USER_PASSWORD] }) { edges { node { outcome } } } }',
    );
    expect(JSON.stringify(log)).not.toContain('"OK"');
  });

  it('is reported to its user only', async () => {
    const lastReset = async (token: string) =>
      (await app.graphql<{ viewer: unknown }>('{ viewer { lastPasswordReset { at by } } }', {}, token)).data
        ?.viewer;
    expect(await lastReset(alice.token)).toEqual({ lastPasswordReset: null });
    const { data } = await reset(adminPassword);
    expect(await lastReset(alice.token)).toEqual({
      lastPasswordReset: { at: expect.any(String), by: 'admin' },
    });
    expect(await lastReset(app.token)).toEqual({ lastPasswordReset: null });
    const secret = data?.resetUserPassword.path.split('/').at(-1) ?? '';
    const entered = await app.graphql<{ choosePassword: { accessToken: string } }>(
      `mutation { choosePassword(input: { secret: "${secret}", password: "another long passphrase 9" }) { accessToken } }`,
    );
    expect(await lastReset(entered.data?.choosePassword.accessToken ?? '')).toEqual({
      lastPasswordReset: { at: expect.any(String), by: 'admin' },
    });
    const users = await app.graphql(
      '{ users(first: 10) { edges { node { username lastPasswordReset { by } } } } }',
    );
    expect(JSON.stringify(users)).not.toContain('"by"');
  });
});
