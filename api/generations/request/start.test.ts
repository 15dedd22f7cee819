import { type GraphqlAnswer, startTestApp, type TestApp } from '../../http/testing/app.testing.ts';
import { describeWithMongo, openTemporaryMongoStores } from '../../mongo/server.testing.ts';
import { createMemoryAdapters } from '../../replicas/shared.memory.ts';
import { openTemporaryStores } from '../../sqlite/stores.testing.ts';
import type { Stores } from '../../stores/stores.ts';

interface Started {
  readonly generation: { readonly id: string };
  readonly conversation: { readonly id: string };
  readonly userMessageEdge: { readonly node: { readonly id: string; readonly content: string } };
  readonly assistantMessageEdge: { readonly node: { readonly id: string } };
}

const fields = `generation { id } conversation { id }
  userMessageEdge { node { id content } } assistantMessageEdge { node { id } }`;

/** Longer than all the requests of a test. */
const slowAnswer = { tokens: Array.from({ length: 600 }, () => 'a '), tokensPerSecond: 10 };

const describeStarts = (open: () => Promise<Stores>): void => {
  describe('starting answers', () => {
    let app: TestApp;
    beforeAll(async () => {
      const adapters = createMemoryAdapters({ cacheMs: 60_000 });
      app = await startTestApp({ shared: { stores: await open(), adapters } });
    });
    afterAll(() => app.stop());

    const codeOf = ({ errors }: GraphqlAnswer<unknown>) => errors?.[0]?.extensions.code ?? null;
    const send = (name: 'generate' | 'regenerate' | 'editMessage', input: object) => {
      const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
      const query = `mutation ($input: ${type}!) { started: ${name}(input: $input) { ${fields} } }`;
      return app.graphql<{ started: Started }>(query, { input });
    };
    const start = async (...asked: Parameters<typeof send>): Promise<Started> => {
      const answer = await send(...asked);
      if (!answer.data) throw new Error(JSON.stringify(answer.errors));
      return answer.data.started;
    };
    /** Resolves once the answer is complete. */
    const finish = async (id: string) => {
      const query = 'subscription ($id: ID!) { generation(id: $id) { status } }';
      const headers = {
        Authorization: `Bearer ${app.token}`,
        'Content-Type': 'application/json',
        accept: 'text/event-stream',
      };
      await (await app.post('/graphql', { query, variables: { id } }, { headers })).text();
    };
    const cancel = (id: string) =>
      app.graphql('mutation ($id: ID!) { cancelGeneration(input: { id: $id }) { generation { id } } }', {
        id,
      });
    const createConversation = async (): Promise<string> => {
      const query = 'mutation { createConversation(input: {}) { conversation { id } } }';
      const { data } = await app.graphql<{ createConversation: { conversation: { id: string } } }>(query);
      return data?.createConversation.conversation.id ?? '';
    };
    const rootsOf = async (conversationId: string): Promise<readonly string[]> => {
      const query = `query ($id: ID!) { node(id: $id) { ... on Conversation {
        messages(first: 1) { edges { node { siblings { id } } } }
      } } }`;
      type Shown = {
        node: { messages: { edges: readonly { node: { siblings: readonly { id: string }[] } }[] } };
      };
      const { data } = await app.graphql<Shown>(query, { id: conversationId });
      return data?.node.messages.edges[0]?.node.siblings.map(({ id }) => id) ?? [];
    };
    let keys = 0;
    const newKey = () => {
      keys += 1;
      return `key ${keys}`;
    };

    it('starts one of many simultaneous prompts in an empty conversation, and rejects the others', async () => {
      app.standin.play(slowAnswer);
      const conversationId = await createConversation();
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          send('generate', { prompt: `Prompt ${index}`, conversationId }),
        ),
      );
      const codes = answers.map(codeOf);
      expect(codes.filter((code) => code === null)).toHaveLength(1);
      expect(codes.filter((code) => code === 'CONFLICT')).toHaveLength(19);
      expect(await rootsOf(conversationId)).toHaveLength(1);
      const { data } = answers.find(({ data }) => data?.started) ?? {};
      await cancel(data?.started?.generation.id ?? '');
    });

    it('starts one of many simultaneous prompts after a finished answer, and leaves no message of the others', async () => {
      app.standin.play({ tokens: ['a ', 'b '] });
      const first = await start('generate', { prompt: 'First' });
      await finish(first.generation.id);
      app.standin.play(slowAnswer);
      const conversationId = first.conversation.id;
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          send('generate', { prompt: `Prompt ${index}`, conversationId }),
        ),
      );
      const started = answers.flatMap(({ data }) => data?.started ?? []);
      expect(started).toHaveLength(1);
      await cancel(started[0]?.generation.id ?? '');
      const query = `query ($id: ID!) { node(id: $id) { ... on Conversation {
        messages { edges { node { siblings { id } } } }
      } } }`;
      type Shown = {
        node: { messages: { edges: readonly { node: { siblings: readonly unknown[] } }[] } };
      };
      const { data } = await app.graphql<Shown>(query, { id: conversationId });
      expect(data?.node.messages.edges.map(({ node }) => node.siblings.length)).toEqual([1, 1, 1, 1]);
    });

    it('creates one conversation with one question for many simultaneous tries of a request', async () => {
      app.standin.play({ tokens: ['once'] });
      const count = async () => {
        const query = '{ conversations(first: 100) { edges { node { id } } } }';
        const { data } = await app.graphql<{ conversations: { edges: readonly unknown[] } }>(query);
        return data?.conversations.edges.length ?? 0;
      };
      const before = await count();
      const input = { prompt: 'Once.', idempotencyKey: newKey() };
      const answers = await Promise.all(Array.from({ length: 10 }, () => start('generate', input)));
      answers.push(await start('generate', input));
      expect(new Set(answers.map(({ generation }) => generation.id)).size).toBe(1);
      expect(new Set(answers.map(({ userMessageEdge }) => userMessageEdge.node.id)).size).toBe(1);
      expect(new Set(answers.map(({ conversation }) => conversation.id)).size).toBe(1);
      expect(await count()).toBe(before + 1);
      const [first] = answers;
      await finish(first?.generation.id ?? '');
      expect(await rootsOf(first?.conversation.id ?? '')).toHaveLength(1);
    });

    it('starts exactly one of two simultaneous requests with the same key', async () => {
      app.standin.play({ tokens: ['mine'] });
      for (let round = 0; round < 5; round += 1) {
        const idempotencyKey = newKey();
        const prompts = ['Apples?', 'Pears?'];
        const answers = await Promise.all(
          prompts.map((prompt) => send('generate', { prompt, idempotencyKey })),
        );
        expect(answers.map(codeOf).sort()).toEqual(['CONFLICT', null]);
        const winner = answers.findIndex(({ data }) => data?.started);
        const started = answers[winner]?.data?.started;
        expect(started?.userMessageEdge.node.content).toBe(prompts[winner]);
        await finish(started?.generation.id ?? '');
      }
    });

    describe('with a key that was used before', () => {
      let first: Started;
      let second: Started;
      beforeAll(async () => {
        app.standin.play({ tokens: ['an answer'] });
        first = await start('generate', { prompt: 'One' });
        await finish(first.generation.id);
        second = await start('generate', { prompt: 'Two' });
        await finish(second.generation.id);
      });

      const answerOf = ({ assistantMessageEdge }: Started) => assistantMessageEdge.node.id;
      const questionOf = ({ userMessageEdge }: Started) => userMessageEdge.node.id;

      it.each<[string, () => [Parameters<typeof send>, Parameters<typeof send>]]>([
        [
          'regenerate another answer',
          () => [
            ['regenerate', { messageId: answerOf(first) }],
            ['regenerate', { messageId: answerOf(second) }],
          ],
        ],
        [
          'regenerate instead of generate',
          () => [
            ['generate', { prompt: 'Three' }],
            ['regenerate', { messageId: answerOf(second) }],
          ],
        ],
        [
          'regenerate with another model',
          () => [
            ['regenerate', { messageId: answerOf(first) }],
            ['regenerate', { messageId: answerOf(first), model: 'stand-in' }],
          ],
        ],
        [
          'edit another message to the same content',
          () => [
            ['editMessage', { messageId: questionOf(first), content: 'Edited' }],
            ['editMessage', { messageId: questionOf(second), content: 'Edited' }],
          ],
        ],
        [
          'send the same prompt to another conversation',
          () => [
            ['generate', { prompt: 'Same', conversationId: first.conversation.id }],
            ['generate', { prompt: 'Same', conversationId: second.conversation.id }],
          ],
        ],
        [
          'send the same prompt to a new conversation',
          () => [
            ['generate', { prompt: 'Same', conversationId: first.conversation.id }],
            ['generate', { prompt: 'Same' }],
          ],
        ],
        [
          'send the same prompt under another parent',
          () => [
            [
              'generate',
              { prompt: 'Same', conversationId: first.conversation.id, parentId: answerOf(first) },
            ],
            ['generate', { prompt: 'Same', conversationId: first.conversation.id }],
          ],
        ],
        [
          'send the same prompt with other options',
          () => [
            ['generate', { prompt: 'Same', options: { seed: 1, temperature: 0 } }],
            ['generate', { prompt: 'Same', options: { seed: 2, temperature: 0 } }],
          ],
        ],
      ])('rejects: %s', async (_, requests) => {
        const [[name, input], [otherName, otherInput]] = requests();
        const idempotencyKey = newKey();
        const before = await start(name, { ...input, idempotencyKey });
        await finish(before.generation.id);
        expect(codeOf(await send(otherName, { ...otherInput, idempotencyKey }))).toBe('CONFLICT');
        const again = await start(name, { ...input, idempotencyKey });
        expect(again.generation.id).toBe(before.generation.id);
      });
    });
  });
};

describe('on SQLite', () => describeStarts(openTemporaryStores));

describeWithMongo('on MongoDB', () => describeStarts(() => openTemporaryMongoStores()));
