import { fileNameOf, toJson, toMarkdown } from './conversationFile.ts';

const conversation = {
  id: 'c',
  title: 'Two\nlines',
  systemPrompt: 'Be brief.\nBe kind.',
  model: null,
  tags: [],
  folder: null,
  createdAt: '2026-11-27T00:00:00Z',
  updatedAt: '2026-11-27T00:00:00Z',
  messages: [
    { id: '1', parentId: null, role: 'USER', content: 'Hi', model: null, createdAt: '2026-11-27T00:00:00Z' },
    {
      id: '2',
      parentId: '1',
      role: 'ASSISTANT',
      content: '```js\n# no heading\n```\n',
      model: 'm:1b',
      createdAt: '2026-11-27T00:00:00Z',
    },
  ],
};

it('a conversation as Markdown has a heading for each message', () =>
  expect(toMarkdown(conversation)).toBe(
    '# Two lines\n\n> Be brief.\n> Be kind.\n\n## You\n\nHi\n\n## Answer (m:1b)\n\n```js\n# no heading\n```\n',
  ));

it('a conversation as JSON names its format', () =>
  expect(JSON.parse(toJson(conversation))).toEqual({
    format: 'ziggie-conversation',
    version: 1,
    ...conversation,
  }));

it.each([
  ['A/B: "C"?', 'A B C.md'],
  ['..', 'Conversation.md'],
  ['😀'.repeat(60), `${'😀'.repeat(40)}.md`],
  ['تصدير', 'تصدير.md'],
])('the file of %j is %j', (title, name) => expect(fileNameOf(title, 'md')).toBe(name));
