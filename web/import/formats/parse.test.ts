import { ImportError, parseExport } from './parse.ts';

const now = Date.parse('2026-11-27T00:00:00Z');
const parse = (json: unknown) => parseExport(JSON.stringify(json), now);
const only = (json: unknown) => {
  const [conversation] = parse(json).conversations;
  if (!conversation) throw new Error('nothing was read');
  return conversation;
};
const tree = (json: unknown) =>
  only(json).messages.map(({ key, parentKey, role, content }) => `${parentKey}>${key} ${role}: ${content}`);

const chatGpt = {
  conversation_id: 'c1',
  title: 'Trip',
  create_time: 1_700_000_000.5,
  update_time: 1_700_000_100,
  current_node: 'a2',
  mapping: {
    root: { id: 'root', parent: null, message: null },
    sys: {
      parent: 'root',
      message: { author: { role: 'system' }, content: { content_type: 'text', parts: [''] } },
    },
    u1: {
      parent: 'sys',
      message: {
        author: { role: 'user' },
        create_time: 1_700_000_001,
        content: {
          content_type: 'multimodal_text',
          parts: [{ content_type: 'image_asset_pointer' }, 'Where to?'],
        },
      },
    },
    a1: {
      parent: 'u1',
      message: { author: { role: 'assistant' }, content: { content_type: 'text', parts: ['Rome.'] } },
    },
    t1: {
      parent: 'u1',
      message: { author: { role: 'assistant' }, content: { content_type: 'code', text: 'search()' } },
    },
    t2: {
      parent: 't1',
      message: { author: { role: 'tool' }, content: { content_type: 'text', parts: ['found'] } },
    },
    a2: {
      parent: 't2',
      message: { author: { role: 'assistant' }, content: { content_type: 'text', parts: ['Oslo.'] } },
    },
  },
};

describe('an export of ChatGPT', () => {
  it('is a tree without tools, systems and images', () => {
    expect(tree([chatGpt])).toEqual([
      'null>u1 USER: Where to?',
      'u1>a1 ASSISTANT: Rome.',
      'u1>a2 ASSISTANT: Oslo.',
    ]);
    expect(only([chatGpt])).toMatchObject({
      sourceKey: 'chatgpt:c1',
      title: 'Trip',
      leafKey: 'a2',
      createdAt: '2023-11-14T22:13:20.500Z',
      leftOut: { messages: 4, attachments: 1, cut: 0 },
    });
  });
});

it('an export of Claude is a list, or a tree in newer exports', () => {
  const old = {
    uuid: 'k',
    name: 'Poem',
    created_at: '2024-05-01T00:00:00Z',
    updated_at: '2024-05-02T00:00:00Z',
    chat_messages: [
      { uuid: '1', sender: 'human', text: 'Write.', attachments: [{}], files: [] },
      {
        uuid: '2',
        sender: 'assistant',
        text: '',
        content: [{ type: 'thinking' }, { type: 'text', text: 'Rose.' }],
      },
    ],
  };
  expect(tree([old])).toEqual(['null>1 USER: Write.', '1>2 ASSISTANT: Rose.']);
  expect(only([old]).leftOut.attachments).toBe(1);
  const [first, second] = old.chat_messages;
  const edited = {
    ...old,
    chat_messages: [
      { ...first, parent_message_uuid: '0000' },
      { ...second, parent_message_uuid: '1' },
      { ...second, uuid: '3', parent_message_uuid: '1' },
    ],
  };
  expect(tree([edited])).toEqual(['null>1 USER: Write.', '1>2 ASSISTANT: Rose.', '1>3 ASSISTANT: Rose.']);
});

it('an export of Open WebUI is a tree, without its thinking', () => {
  const chat = {
    id: 'w',
    title: 'Tea',
    created_at: 1_700_000_000,
    updated_at: 1_700_000_009,
    chat: {
      system: 'Be kind.',
      tags: ['drinks'],
      history: {
        currentId: 'b',
        messages: {
          a: { id: 'a', parentId: null, role: 'user', content: 'Green?', timestamp: 1_700_000_001 },
          b: {
            id: 'b',
            parentId: 'a',
            role: 'assistant',
            content: '<details type="reasoning">hm</details>\nYes.',
          },
        },
      },
    },
  };
  expect(tree([chat])).toEqual(['null>a USER: Green?', 'a>b ASSISTANT: Yes.']);
  expect(only([chat])).toMatchObject({ systemPrompt: 'Be kind.', tags: ['drinks'], leafKey: 'b' });
});

it('an export of LibreChat is a list or nested', () => {
  const question = { messageId: 'q', parentMessageId: '00000000', text: 'Hi', isCreatedByUser: true };
  const answer = { messageId: 'r', parentMessageId: 'q', content: [{ type: 'text', text: 'Hello' }] };
  const file = { conversationId: 'l', title: 'Greeting' };
  const expected = ['null>q USER: Hi', 'q>r ASSISTANT: Hello'];
  expect(tree({ ...file, messages: [question, answer] })).toEqual(expected);
  expect(tree({ ...file, messages: [{ ...question, children: [answer] }] })).toEqual(expected);
});

it('an export of Ziggie is one conversation, or an account', () => {
  const conversation = { id: 'z', title: 'Own', leafId: '2', createdAt: '2026-01-01T00:00:00Z' };
  const messages = [
    { id: '1', conversationId: 'z', parentId: null, role: 'USER', content: 'A' },
    { id: '2', conversationId: 'z', parentId: '1', role: 'ASSISTANT', content: 'B' },
    { id: '3', conversationId: 'z', parentId: '1', role: 'ASSISTANT', content: 'C' },
  ];
  expect(tree({ format: 'ziggie-conversation', version: 1, ...conversation, messages })).toHaveLength(3);
  const account = parse({ format: 'ziggie-llm-export', conversations: [conversation], messages });
  expect(account.conversations).toMatchObject([{ sourceKey: 'ziggie:z', leafKey: '2', folder: null }]);
  const folder = { id: 'f', name: ' Work ', systemPrompt: 'Be formal.' };
  const filed = parse({
    format: 'ziggie-llm-export',
    folders: [folder, { id: 'g', name: ' ' }],
    conversations: [
      { ...conversation, folderId: 'f' },
      { ...conversation, id: 'y', folderId: 'g' },
      { ...conversation, id: 'x', folderId: 'absent' },
    ],
    messages: ['z', 'y', 'x'].map((conversationId) => ({ ...messages[0], conversationId })),
  });
  const expected = { name: 'Work', systemPrompt: 'Be formal.' };
  expect(filed.conversations.map((each) => each.folder)).toEqual([expected, null, null]);
  expect(only({ format: 'ziggie-conversation', ...conversation, messages, folder })).toMatchObject({
    folder: expected,
  });
});

describe('any other file', () => {
  it.each([
    ['no JSON', 'PK\u0003\u0004', 'NOT_JSON'],
    ['another format', '{"a":1}', 'UNKNOWN_FORMAT'],
    ['an empty list', '[]', 'UNKNOWN_FORMAT'],
    ['null', 'null', 'UNKNOWN_FORMAT'],
  ] as const)('that is %s is rejected', (_name, text, problem) =>
    expect(() => parseExport(text, now)).toThrow(new ImportError(problem)),
  );

  it('may have cycles, missing parents, wrong types and absurd dates', () => {
    const node = (parent: string | null) => ({
      parent,
      message: { author: { role: 'user' }, create_time: 'x', content: { parts: ['t'] } },
    });
    const tool = (parent: string) => ({ parent, message: { author: { role: 'tool' } } });
    const mapping = {
      a: node('b'),
      b: node('a'),
      c: node('gone'),
      d: tool('e'),
      e: tool('d'),
      f: node('d'),
      g: 7,
    };
    const read = only([{ id: 'x', title: 5, create_time: 1e300, mapping }]);
    expect(read.messages.map(({ key, parentKey }) => [key, parentKey])).toEqual([
      ['c', null],
      ['f', null],
    ]);
    expect(read).toMatchObject({ title: '', createdAt: '2026-11-27T00:00:00.000Z' });
  });

  it('is cut to the limits of the server, and counted', () => {
    const long = '😀'.repeat(600_000);
    const chat_messages = [{ uuid: '1', sender: 'human', text: long }];
    const read = only([{ uuid: 'k', name: 'n'.repeat(500), chat_messages }]);
    expect(read.title).toHaveLength(200);
    expect(read.messages[0]?.content).toHaveLength(1_000_000);
    expect(read.leftOut.cut).toBe(1);
    expect(parse([{ uuid: 'e', chat_messages: [] }, chatGpt])).toMatchObject({ empty: 1 });
  });

  it('keeps its tree when keys are cut, and may have very many answers to one question', () => {
    const question = { uuid: 'q'.repeat(400), sender: 'human', text: 'Q' };
    const answers = Array.from({ length: 150_000 }, (_, index) => ({
      uuid: `${index}${'a'.repeat(400)}`,
      parent_message_uuid: question.uuid,
      sender: 'assistant',
      text: 'A',
    }));
    const current_leaf_message_uuid = answers[0]?.uuid;
    const chat_messages = [question, ...answers];
    const { messages, leafKey } = only([{ uuid: 'k', current_leaf_message_uuid, chat_messages }]);
    expect(messages[1]).toMatchObject({ key: leafKey, parentKey: messages[0]?.key });
    expect(messages[0]?.key).toHaveLength(300);
    expect(messages).toHaveLength(10_000);
  });
});
