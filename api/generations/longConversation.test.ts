import { startTestApp, type TestApp } from '../http/testing/app.testing.ts';
import { eventually } from '../process/eventually.testing.ts';

describe('a conversation that outgrows the context', () => {
  let app: TestApp;
  afterEach(() => app.stop());

  interface Answer {
    readonly status: string;
    readonly error: { readonly message: string } | null;
  }

  /** Sends a turn, and returns the status of its answer. */
  const turn = async (prompt: string, conversationId: string | null) => {
    type Started = { generate: { generation: { id: string }; conversation: { id: string } } };
    const { data, errors } = await app.graphql<Started>(
      'mutation ($input: GenerateInput!) { generate(input: $input) { generation { id } conversation { id } } }',
      { input: { prompt, conversationId } },
    );
    if (!data) throw new Error(JSON.stringify(errors));
    const { generation, conversation } = data.generate;
    const answer = await eventually(
      async () =>
        (
          await app.graphql<{ node: Answer }>(
            'query ($id: ID!) { node(id: $id) { ... on Generation { status error { message } } } }',
            { id: generation.id },
          )
        ).data?.node,
      (node) => node !== undefined && !['QUEUED', 'RUNNING'].includes(node.status),
    );
    return { status: answer?.status, conversationId: conversation.id };
  };

  it.each([
    ['Chinese', '机器学习是人工智能的一个分支'.repeat(72).slice(0, 1000)],
    ['English, for a tokenizer with a token per character', 'some plain words '.repeat(60).slice(0, 1000)],
  ])(
    'is answered at every turn, with as much history as fits: %s',
    async (_name, text) => {
      app = await startTestApp();
      app.standin.play({ contextLength: 8_192, contextCharacters: 8_192 });
      let conversationId: string | null = null;
      for (let count = 0; count < 14; count += 1) {
        const answered = await turn(text, conversationId);
        expect([count, answered.status]).toEqual([count, 'COMPLETED']);
        conversationId = answered.conversationId;
      }
      const last = app.standin.chats.at(-1)?.messages as { content: string }[];
      const length = last.reduce((sum, { content }) => sum + content.length, 0);
      expect(length).toBeLessThanOrEqual(8_192);
      expect(length).toBeGreaterThan(2_000);
    },
    60_000,
  );
});
