import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { roles } from '../../access/user.ts';
import { eventually } from '../../process/eventually.testing.ts';
import { subgraph } from '../../schema.ts';
import { stdioCommand } from '../../tools/mcp/mcp.testing.ts';
import { startTestApp, type TestApp } from '../testing/app.testing.ts';
import { createOperationTools } from './operationTools.ts';

const generate = `mutation ($input: GenerateInput!) {
  generate(input: $input) { generation { id tools } }
}`;

const fields = `id status tools error { code message }
  message { content } toolCalls { id name arguments offset state result startedAt finishedAt }`;

interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: unknown;
  readonly offset: number;
  readonly state: string;
  readonly result: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

interface Shown {
  readonly id: string;
  readonly status: string;
  readonly tools: readonly string[];
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly message: { readonly content: string } | null;
  readonly toolCalls: readonly ToolCall[];
}

interface Message {
  readonly role: string;
  readonly content: string;
}

describe('tools over GraphQL', () => {
  let app: TestApp;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ziggie-tools-'));
    const path = join(folder, 'tools.json');
    const tools = [
      { name: 'add' },
      { name: 'wait' },
      { name: 'fail' },
      { name: 'note', readOnly: false },
      { name: 'environment', roles: ['ADMIN'] },
    ];
    const operations = [
      {
        name: 'my_chats',
        description: 'Lists the chats of the user.',
        document: 'query ($first: Int!) { conversations(first: $first) { edges { node { title } } } }',
      },
      {
        name: 'log',
        description: 'Reads the audit log.',
        document: '{ auditLog(first: 1) { edges { node { id } } } }',
      },
      {
        name: 'large',
        description: 'Reads everything.',
        document: `query ($first: Int!) { conversations(first: $first) { edges { node {
          messages(first: $first) { edges { node { siblings { siblings { siblings { id } } } } } } } } } }`,
      },
      {
        name: 'new_folder',
        description: 'Creates a folder.',
        document: 'mutation ($name: String!) { createFolder(input: { name: $name }) { folder { name } } }',
      },
      {
        name: 'delete_chat',
        description: 'Deletes a chat.',
        document: 'mutation ($id: ID!) { deleteConversation(input: { id: $id }) { clientMutationId } }',
      },
    ];
    await writeFile(
      path,
      JSON.stringify({
        servers: [{ name: 'test', ...stdioCommand, timeoutS: 3, readOnly: true, tools }],
        operations,
      }),
    );
    app = await startTestApp({ env: { TOOLS_FILE: path } });
  });
  afterAll(async () => {
    await app.stop();
    await rm(folder, { recursive: true });
  });

  const resultsIn = (body: Readonly<Record<string, unknown>>) =>
    (body.messages as readonly Message[]).filter(({ role }) => role === 'tool').map(({ content }) => content);

  /** Plays a model that calls the tool once, and then repeats its result. */
  const play = (name: string, given: object = {}) =>
    app.standin.play({
      capabilities: ['completion', 'tools'],
      chat: (body) => {
        const [result] = resultsIn(body);
        return result === undefined
          ? { tokens: ['Wait. '], toolCalls: [{ name, arguments: given }] }
          : { tokens: ['The result: ', result] };
      },
    });

  const start = async (tools: readonly string[], token?: string, model?: string) => {
    type Data = { readonly generate: { readonly generation: { readonly id: string } } | null };
    const { data, errors } = await app.graphql<Data>(
      generate,
      { input: { prompt: 'What is 2 + 3?', tools, model } },
      token,
    );
    return { id: data?.generate?.generation.id ?? '', errors };
  };

  const show = async (id: string, token?: string): Promise<Shown> => {
    const query = `query ($id: ID!) { node(id: $id) { ... on Generation { ${fields} } } }`;
    const { data } = await app.graphql<{ readonly node: Shown }>(query, { id }, token);
    if (!data) throw new Error('the generation is missing');
    return data.node;
  };

  const untilEnded = async (id: string, token?: string): Promise<Shown> => {
    for (;;) {
      const shown = await show(id, token);
      if (shown.status !== 'QUEUED' && shown.status !== 'RUNNING') return shown;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  it('are rejected beside a format, whose grammar allows no calls', async () => {
    play('test_add');
    const { errors } = await app.graphql(generate, {
      input: { prompt: 'Hi.', tools: ['test_add'], format: { type: 'object' } },
    });
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', field: 'tools' } });
  });

  it('are listed for the roles that may use them', async () => {
    const query = '{ tools { name description needsConfirmation } }';
    const { data } = await app.graphql(query);
    expect(data).toEqual({
      tools: [
        { name: 'delete_chat', description: 'Deletes a chat.', needsConfirmation: true },
        { name: 'large', description: 'Reads everything.', needsConfirmation: false },
        { name: 'log', description: 'Reads the audit log.', needsConfirmation: false },
        { name: 'my_chats', description: 'Lists the chats of the user.', needsConfirmation: false },
        { name: 'new_folder', description: 'Creates a folder.', needsConfirmation: true },
        { name: 'test_add', description: 'Adds two numbers.', needsConfirmation: false },
        { name: 'test_environment', description: 'Lists variables.', needsConfirmation: false },
        { name: 'test_fail', description: 'Fails.', needsConfirmation: false },
        { name: 'test_note', description: 'Keeps a note.', needsConfirmation: true },
        { name: 'test_wait', description: 'Never answers.', needsConfirmation: false },
      ],
    });
    const member = await app.signUp('lister');
    const listed = await app.graphql<{ readonly tools: readonly { readonly name: string }[] }>(
      query,
      {},
      member.token,
    );
    expect(listed.data?.tools.map(({ name }) => name)).toEqual([
      'delete_chat',
      'large',
      'log',
      'my_chats',
      'new_folder',
      'test_add',
      'test_fail',
      'test_note',
      'test_wait',
    ]);
  });

  it('are called for the model, and the calls are shown, audited, counted and exported', async () => {
    play('test_add', { a: 2, b: 3 });
    const { id } = await start(['test_add']);
    const shown = await untilEnded(id);
    expect(shown).toMatchObject({
      status: 'COMPLETED',
      tools: ['test_add'],
      message: { content: 'Wait. The result: 5' },
      toolCalls: [
        { name: 'test_add', arguments: { a: 2, b: 3 }, offset: 6, state: 'SUCCEEDED', result: '5' },
      ],
    });
    const [call] = shown.toolCalls;
    expect(new Date(call?.finishedAt ?? 0).getTime()).toBeGreaterThanOrEqual(
      new Date(call?.startedAt ?? 0).getTime(),
    );
    // The audit log is written a moment later.
    const logged = await eventually(
      async () => {
        const { data } = await app.graphql(
          '{ auditLog(first: 1, filter: { actions: [TOOL_CALLED] }) { edges { node { target outcome details } } } }',
        );
        return JSON.stringify(data);
      },
      (text) => text.includes('test_add'),
    );
    expect(logged).toMatch(/"target":"test_add","outcome":"OK"/);
    expect(logged).toMatch(/argumentsLength/);
    const metrics = await (await app.get('/metrics')).text();
    expect(metrics).toContain('ziggie_tool_calls_total{tool="test_add",outcome="succeeded"} 1');
    const exported = await (await app.get('/api/account/export')).text();
    expect(exported).toContain('"toolUse":{"names":["test_add"]');
  });

  it('are shown live to the readers of the answer', async () => {
    play('test_wait');
    const { id } = await start(['test_wait']);
    const query = `subscription ($id: ID!) { generation(id: $id) { status generation { toolCalls { state } } } }`;
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${app.token}`,
        'Content-Type': 'application/json',
        Accept: 'text/event-stream',
      },
      body: JSON.stringify({ query, variables: { id } }),
    });
    const states = [...(await response.text()).matchAll(/"state":"(\w+)"/g)].map(([, state]) => state);
    expect(states).toContain('RUNNING');
    expect(states.at(-1)).toBe('FAILED');
    expect((await show(id)).toolCalls[0]?.result).toBe('The tool did not answer within 3 seconds.');
  });

  it('that may change something wait for the decision of their user', async () => {
    const decide = `mutation ($id: ID!, $decision: ToolDecision!) {
      decideToolCall(input: { id: $id, decision: $decision }) {
        generation { toolCalls { state viewerCanDecide } }
      }
    }`;
    play('test_note', { text: 'Buy milk' });
    const owner = await app.signUp('decider');
    const other = await app.signUp('meddler');
    for (const [decision, state, result] of [
      ['ALLOW', 'SUCCEEDED', 'kept'],
      ['DENY', 'DENIED', 'The user denied the call. The tool was not called.'],
    ]) {
      const { id } = await start(['test_note'], owner.token);
      const waiting = async (): Promise<string> => {
        const [call] = (await show(id, owner.token)).toolCalls;
        if (call?.state === 'WAITING') return call.id;
        await new Promise((resolve) => setTimeout(resolve, 20));
        return waiting();
      };
      const call = await waiting();
      const foreign = await app.graphql(decide, { id: call, decision }, other.token);
      expect(foreign.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
      const decided = await app.graphql(decide, { id: call, decision }, owner.token);
      expect(decided.errors).toBeUndefined();
      const ended = await untilEnded(id, owner.token);
      expect(ended.toolCalls).toMatchObject([{ state, result }]);
      expect(ended.message?.content).toBe(`Wait. The result: ${result}`);
      const again = await app.graphql(decide, { id: call, decision }, owner.token);
      expect(again.errors).toMatchObject([{ extensions: { code: 'CONFLICT' } }]);
    }
    const { data } = await app.graphql(
      '{ auditLog(first: 9, filter: { actions: [DECIDE_TOOL_CALL] }) { edges { node { target outcome username } } } }',
    );
    const logged = JSON.stringify(data);
    expect(logged).toContain('{"target":"test_note","outcome":"OK","username":"decider"}');
    expect(logged).toContain('"outcome":"NOT_FOUND","username":"meddler"');
  });

  describe('that are operations of the graph', () => {
    const resultOf = async (name: string, given: object, token: string) => {
      play(name, given);
      const { id, errors } = await start([name], token);
      expect(errors).toBeUndefined();
      return (await untilEnded(id, token)).toolCalls[0];
    };

    it('read what their user may read, and nothing of others', async () => {
      const alice = await app.signUp('alice');
      const bob = await app.signUp('bob');
      play('my_chats', { first: 5 });
      await untilEnded((await start([], alice.token)).id, alice.token);
      const mine = await resultOf('my_chats', { first: 5 }, alice.token);
      expect(mine).toMatchObject({ state: 'SUCCEEDED' });
      expect(JSON.parse(mine?.result ?? '').conversations.edges).toHaveLength(2);
      const his = await resultOf('my_chats', { first: 5 }, bob.token);
      expect(JSON.parse(his?.result ?? '').conversations.edges).toHaveLength(1);
    });

    it('have the rights of the role and of the API key', async () => {
      const member = await app.signUp('reader');
      expect(await resultOf('log', {}, member.token)).toMatchObject({
        state: 'FAILED',
        result: expect.stringMatching(/^FORBIDDEN: /),
      });
      expect(await resultOf('log', {}, app.token)).toMatchObject({ state: 'SUCCEEDED' });
      type Key = { readonly createApiKey: { readonly secret: string } };
      const { data } = await app.graphql<Key>(
        'mutation { createApiKey(input: { name: "chat", scopes: [CHAT] }) { secret } }',
      );
      play('log');
      const { id } = await start(['log'], data?.createApiKey.secret);
      expect((await untilEnded(id)).toolCalls).toMatchObject([
        { state: 'FAILED', result: expect.stringMatching(/^FORBIDDEN: This API key lacks the scope/) },
      ]);
    });

    it('have the rights of the API key that continues an answer', async () => {
      type Key = { readonly createApiKey: { readonly secret: string } };
      const { data } = await app.graphql<Key>(
        'mutation { createApiKey(input: { name: "leaked", scopes: [CHAT] }) { secret } }',
      );
      app.standin.play({
        capabilities: ['completion', 'tools'],
        chat: (body) => {
          const isContinued = (body.messages as readonly Message[]).some(({ role }) => role === 'assistant');
          if (!isContinued) return { tokens: ['So far ', 'so'], fault: { kind: 'no done', after: 1 } };
          const [result] = resultsIn(body);
          return result === undefined
            ? { toolCalls: [{ name: 'log', arguments: {} }] }
            : { tokens: [result] };
        },
      });
      const { id } = await start(['log']);
      expect(await untilEnded(id)).toMatchObject({ status: 'FAILED' });
      const { errors } = await app.graphql(
        'mutation ($id: ID!) { continueGeneration(input: { id: $id }) { generation { id } } }',
        { id },
        data?.createApiKey.secret,
      );
      expect(errors).toBeUndefined();
      expect((await untilEnded(id)).toolCalls).toMatchObject([
        { state: 'FAILED', result: expect.stringMatching(/^FORBIDDEN: This API key lacks the scope/) },
      ]);
      const asked = 'query ($id: ID!) { node(id: $id) { ... on Generation { toolsAskedBy } } }';
      expect((await app.graphql(asked, { id })).data).toEqual({ node: { toolsAskedBy: 'leaked' } });
    });

    it('have the limits of other operations, and tell the model of invalid arguments', async () => {
      expect(await resultOf('large', { first: 100 }, app.token)).toMatchObject({
        state: 'FAILED',
        result: expect.stringMatching(/^TOO_COMPLEX: /),
      });
      expect(await resultOf('my_chats', { first: 'many' }, app.token)).toMatchObject({
        state: 'FAILED',
        result: expect.stringMatching(/^BAD_USER_INPUT: Variable "\$first"/),
      });
    });

    it('wait for the user if they are mutations', async () => {
      play('new_folder', { name: 'By a model' });
      const { id } = await start(['new_folder']);
      while ((await show(id)).toolCalls[0]?.state !== 'WAITING') {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const folders = () => app.graphql('{ folders(first: 9) { edges { node { name } } } }');
      expect(JSON.stringify(await folders())).not.toContain('By a model');
      const allow =
        'mutation ($id: ID!) { decideToolCall(input: { id: $id, decision: ALLOW }) { clientMutationId } }';
      await app.graphql(allow, { id: (await show(id)).toolCalls[0]?.id });
      expect((await untilEnded(id)).toolCalls).toMatchObject([
        { state: 'SUCCEEDED', result: '{"createFolder":{"folder":{"name":"By a model"}}}' },
      ]);
      expect(JSON.stringify(await folders())).toContain('By a model');
    });

    it('show who asked for them, in the app and in the audit log', async () => {
      type Key = {
        readonly createApiKey: { readonly apiKey: { readonly id: string }; readonly secret: string };
      };
      const { data: created } = await app.graphql<Key>(
        'mutation { createApiKey(input: { name: "robot", scopes: [CHAT] }) { apiKey { id } secret } }',
      );
      type Chats = {
        readonly conversations: { readonly edges: readonly [{ readonly node: { readonly id: string } }] };
      };
      const { data: chats } = await app.graphql<Chats>(
        '{ conversations(first: 1) { edges { node { id } } } }',
      );
      play('delete_chat', { id: chats?.conversations.edges[0].node.id });
      const { id } = await start(['delete_chat'], created?.createApiKey.secret);
      while ((await show(id)).toolCalls[0]?.state !== 'WAITING') {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const asked = `query ($id: ID!) { node(id: $id) { ... on Generation { toolsAskedBy toolCalls { id decideBefore } } } }`;
      type Asked = {
        readonly node: {
          readonly toolsAskedBy: string;
          readonly toolCalls: [{ id: string; decideBefore: string }];
        };
      };
      const { data } = await app.graphql<Asked>(asked, { id });
      expect(data?.node.toolsAskedBy).toBe('robot');
      const [call] = data?.node.toolCalls ?? [];
      expect(Date.parse(call?.decideBefore ?? '')).toBeGreaterThan(Date.now());
      const allow =
        'mutation ($id: ID!) { decideToolCall(input: { id: $id, decision: ALLOW }) { clientMutationId } }';
      await app.graphql(allow, { id: call?.id });
      expect((await untilEnded(id)).toolCalls).toMatchObject([{ state: 'SUCCEEDED' }]);
      const log = `{ auditLog(first: 5, filter: { actions: [DECIDE_TOOL_CALL, DELETE_CONVERSATION, TOOL_CALLED] }) {
        edges { node { action details } } } }`;
      const called = new RegExp(`"action":"TOOL_CALLED","details":[^}]*${call?.id}`);
      const entries = await eventually(
        async () => JSON.stringify((await app.graphql(log)).data),
        (text) => called.test(text),
      );
      expect(entries).toMatch(/"action":"DECIDE_TOOL_CALL","details":[^}]*askedByApiKeyId/);
      expect(entries).toMatch(new RegExp(`"action":"DELETE_CONVERSATION","details":[^}]*${call?.id}`));
      expect(entries).toMatch(/"surface[^}]*tool/);
    });

    it.each([
      'mutation ($id: ID!) { decideToolCall(input: { id: $id, decision: ALLOW }) { clientMutationId } }',
      'mutation { ...More } fragment More on Mutation { createApiKey(input: { name: "a", scopes: [CHAT] }) { secret } }',
      'mutation ($id: ID!) { shareConversation(input: { conversationId: $id }) { clientMutationId } }',
    ])('are rejected at the start if only a person may do them: %s', async (document) => {
      const operations = [
        { name: 'decide', description: 'Decides.', roles, timeoutMs: 1000, source: { document } } as const,
      ];
      const created = createOperationTools(
        { path: 'tools.yaml', operations },
        {
          schema: subgraph,
          costLimit: 1000,
          findDocument: async () => undefined,
          run: async () => ({ errors: [] }),
        },
      );
      await expect(created).rejects.toThrow(/a person has to do that, in the app/);
    });
  });

  it('that run are aborted with their answer', async () => {
    play('test_wait');
    const { id } = await start(['test_wait']);
    while ((await show(id)).toolCalls[0]?.state !== 'RUNNING') {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await app.graphql('mutation ($id: ID!) { cancelGeneration(input: { id: $id }) { generation { id } } }', {
      id,
    });
    expect(await untilEnded(id)).toMatchObject({
      status: 'CANCELLED',
      toolCalls: [{ state: 'CANCELLED', result: expect.stringMatching(/unknown whether the tool ran/) }],
    });
  });

  it('are rejected if the role may not use them, if or there is no such tool', async () => {
    play('test_add');
    const member = await app.signUp('member');
    for (const tool of ['test_environment', 'test_secret', 'other']) {
      const { errors } = await start([tool], member.token);
      expect(errors).toMatchObject([
        { extensions: { code: 'BAD_USER_INPUT', field: 'tools' }, message: expect.stringContaining(tool) },
      ]);
    }
  });

  it('that the model names, but the answer has not, are not called, and nothing tells whether they exist', async () => {
    const member = await app.signUp('curious');
    for (const name of ['test_environment', 'test_secret', 'test_fail', 'made_up']) {
      play(name);
      const { id } = await start(['test_add'], member.token);
      expect(await untilEnded(id, member.token)).toMatchObject({
        status: 'COMPLETED',
        toolCalls: [
          { state: 'FAILED', result: `There is no tool "${name}". Tools: test_add.`, startedAt: null },
        ],
      });
    }
  });

  it('of one user are hidden from every other user', async () => {
    play('test_add', { a: 20, b: 3 });
    const owner = await app.signUp('owner');
    const { id } = await start(['test_add'], owner.token);
    await untilEnded(id, owner.token);
    const other = await app.signUp('other');
    for (const token of [other.token, app.token]) {
      const query = `query ($id: ID!) { node(id: $id) { ... on Generation { ${fields} } } }`;
      const { data, errors } = await app.graphql<{ readonly node: unknown }>(query, { id }, token);
      expect(data?.node ?? null).toBeNull();
      expect(errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    }
  });

  it('of an answer are those of another answer to the same question', async () => {
    play('test_add', { a: 1, b: 1 });
    const { id } = await start(['test_add']);
    await untilEnded(id);
    type Answer = { readonly node: { readonly message: { readonly id: string } } };
    const found = await app.graphql<Answer>(
      'query ($id: ID!) { node(id: $id) { ... on Generation { message { id } } } }',
      { id },
    );
    type Again = { readonly regenerate: { readonly generation: { readonly id: string } } };
    const again = await app.graphql<Again>(
      'mutation ($input: RegenerateInput!) { regenerate(input: $input) { generation { id } } }',
      { input: { messageId: found.data?.node.message.id } },
    );
    expect(await untilEnded(again.data?.regenerate.generation.id ?? '')).toMatchObject({
      tools: ['test_add'],
      toolCalls: [{ result: '2' }],
    });
  });

  it('are rejected for models without them', async () => {
    app.standin.play({ models: ['plain:latest'], capabilities: ['completion'] });
    const { errors } = await start(['test_add'], app.token, 'plain');
    expect(errors).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT' }, message: expect.stringContaining('does not support tools') },
    ]);
  });
});
