import { conversationIdIn } from './conversationIdIn.ts';

describe('conversationIdIn', () => {
  it.each([
    ['Q29udmVyc2F0aW9uOjE=', 'Q29udmVyc2F0aW9uOjE='],
    ['  Q29udmVyc2F0aW9uOjE=\n', 'Q29udmVyc2F0aW9uOjE='],
    ['https://chat.example/chat/Q29udmVyc2F0aW9uOjE%3D', 'Q29udmVyc2F0aW9uOjE='],
    ['https://chat.example/ai/chat/Q29udmVyc2F0aW9uOjE=/?search=word#end', 'Q29udmVyc2F0aW9uOjE='],
    ['100%', '100%'],
  ])('finds the id in %j', (text, id) => {
    expect(conversationIdIn(text)).toBe(id);
  });

  it('is null without one', () => {
    expect(conversationIdIn('  ')).toBeNull();
  });
});
