import {
  at,
  backward,
  forward,
  newConversation,
  newGeneration,
  newId,
  newMessage,
  type OpenStores,
  write,
} from '../../stores/stores.contract.ts';
import type { Stores } from '../../stores/stores.ts';
import type { Conversation } from '../conversation.ts';

export function describeConversationSearch(open: OpenStores): void {
  describe('a search of conversations', () => {
    let stores: Stores;
    beforeAll(async () => {
      stores = await open();
    });
    afterAll(() => stores.close());

    const insert = async (given: Partial<Conversation>) => {
      const conversation = newConversation(given);
      await stores.conversations.insert(conversation);
      return conversation;
    };
    const find = async (ownerId: string, search: string) => {
      const filter = { archived: false, tag: null, search };
      const { items } = await stores.conversations.page(ownerId, forward(100), filter);
      return items.map(({ title }) => title);
    };

    it('finds words of titles and messages by their prefixes, in list order', async () => {
      const ownerId = newId();
      const title = await insert({ ownerId, title: 'Docker networks', updatedAt: at(1) });
      const message = await insert({ ownerId, title: 'Untitled', updatedAt: at(2) });
      await write(stores, newMessage(message, { content: 'How do I run dockerised tests?' }));
      await insert({ ownerId, title: 'Paddock', updatedAt: at(3) });
      expect(await find(ownerId, 'dock')).toEqual([message.title, title.title]);
      expect(await find(ownerId, 'DOCKER net')).toEqual([title.title]);
      expect(await find(ownerId, 'docker absent')).toEqual([]);
    });

    it('requires all words in one title or one message', async () => {
      const ownerId = newId();
      const conversation = await insert({ ownerId, title: 'alpha' });
      const root = await write(stores, newMessage(conversation, { content: 'beta gamma' }));
      await write(stores, newMessage(conversation, { content: 'delta', parentId: root.id }));
      expect(await find(ownerId, 'gam bet')).toEqual(['alpha']);
      expect(await find(ownerId, 'alpha beta')).toEqual([]);
      expect(await find(ownerId, 'beta delta')).toEqual([]);
    });

    it.each([
      ['accents', 'Crème brûlée', ['creme', 'BRULEE', 'crème']],
      ['an apostrophe', "l'été d'Évora", ["l'ete", 'evora']],
      ['Chinese', '如何备份数据库', ['数据库', '数据', '库', '备份']],
      ['Japanese', 'データベースの設計', ['ベース', '設計', 'の']],
      ['Korean', '데이터베이스 설계', ['데이터', '설']],
      ['Cyrillic', 'Как настроить сервер', ['СЕРВ', 'как настр']],
      ['Arabic', 'كيف أتعلم البرمجة', ['البرمجة']],
      ['Hindi', 'हिन्दी में लिखो', ['हिन्दी', 'लिख']],
      ['Thai', 'สวัสดีชาวโลก', ['สวัสดี', 'โลก']],
      ['emoji', 'party🎉time 🇫🇷', ['🎉', 'time', '🇫🇷', 'party🎉']],
      ['code', 'snake_case and C++ in src/main.ts', ['snake_case', 'c++', 'main.ts', 'case']],
      ['full-width letters', 'ＡＢＣ１２３', ['abc123']],
      ['a very long word', 'x'.repeat(5000), ['x'.repeat(4000), 'xxx']],
    ])('finds %s', async (_what, title, searches) => {
      const ownerId = newId();
      await insert({ ownerId, title });
      await insert({ ownerId, title: 'something else' });
      for (const search of searches) expect(await find(ownerId, search)).toEqual([title]);
    });

    it.each([
      ['characters that are not adjacent', '数学和根据', '数据'],
      ['a letter whose mark makes it a different letter', 'ガス', 'カ'],
      ['the inside of a word', 'paddock', 'dock'],
    ])('does not find %s', async (_what, title, search) => {
      const ownerId = newId();
      await insert({ ownerId, title });
      expect(await find(ownerId, search)).toEqual([]);
    });

    it.each([
      '"',
      '""',
      "'",
      '*',
      '(',
      ')',
      '-',
      '^',
      ':',
      '\\',
      '%',
      '_',
      '$',
      '.*',
      '{}',
      '\u0000',
      '\ud83c',
    ])('finds nothing for %j by itself, without an error', async (search) => {
      const ownerId = newId();
      await insert({ ownerId, title: `quote ${search}` });
      expect(await find(ownerId, search)).toEqual([]);
    });

    it.each([
      '"quo',
      'quo*',
      'quo"te',
      'NEAR(quo',
      'quo AND',
      'OR quo',
      'NOT quo',
      'title:quo',
      '-quo',
      '^quo',
    ])('treats %j as words, not as operators', async (search) => {
      const ownerId = newId();
      await insert({ ownerId, title: 'quote and or not near title te' });
      expect(await find(ownerId, search)).toHaveLength(1);
    });

    it('treats a blank search as no search', async () => {
      const ownerId = newId();
      await insert({ ownerId, title: 'one' });
      expect(await find(ownerId, ' \n')).toEqual(['one']);
    });

    it('accepts a search of any length', async () => {
      const ownerId = newId();
      await insert({ ownerId, title: 'one' });
      expect(await find(ownerId, 'word '.repeat(20_000))).toEqual([]);
      const different = Array.from({ length: 5000 }, (_, number) => `w${number}`).join(' ');
      expect(await find(ownerId, different)).toEqual([]);
    });

    it('finds a changed title, and not the old one', async () => {
      const { ownerId, id } = await insert({ title: 'before' });
      await stores.conversations.update(ownerId, id, { title: 'after' });
      expect(await find(ownerId, 'before')).toEqual([]);
      expect(await find(ownerId, 'after')).toEqual(['after']);
    });

    it('finds a message by its new content, and not by the old', async () => {
      const conversation = await insert({ title: 'edited' });
      const { ownerId } = conversation;
      const author = { generationId: newId(), attempt: 1 };
      const given = { content: 'before', generationId: author.generationId };
      const message = await write(stores, newMessage(conversation, given));
      await stores.messages.setContent(ownerId, message.id, author, 'after');
      expect(await find(ownerId, 'before')).toEqual([]);
      expect(await find(ownerId, 'after')).toEqual(['edited']);
    });

    it.each(['before', 'after'] as const)(
      'finds an answer whose last text is saved %s its generation ends',
      async (saved) => {
        const conversation = await insert({ title: 'answered' });
        const { ownerId } = conversation;
        const generation = newGeneration(conversation);
        const answer = newMessage(conversation, {
          id: generation.messageId,
          role: 'ASSISTANT',
          generationId: generation.id,
        });
        await stores.generations.insert(generation);
        await write(stores, answer);
        const author = { generationId: generation.id, attempt: 1 };
        const save = (text: string) => stores.messages.setContent(ownerId, answer.id, author, text);
        await save('the first words');
        if (saved === 'before') await save('the first words, the last');
        await stores.generations.transition(generation.id, ['QUEUED'], { status: 'COMPLETED' });
        if (saved === 'after') await save('the first words, the last');
        expect(await find(ownerId, 'first last')).toEqual(['answered']);
      },
    );

    it('finds an answer that was written at once', async () => {
      const conversation = await insert({ title: 'imported' });
      const generation = newGeneration(conversation, { status: 'COMPLETED' });
      await stores.generations.insert(generation);
      const content = 'known already';
      await write(
        stores,
        newMessage(conversation, { content, role: 'ASSISTANT', generationId: generation.id }),
      );
      expect(await find(conversation.ownerId, 'known')).toEqual(['imported']);
    });

    it('pages through matches in both directions, within a tag and the archive', async () => {
      const ownerId = newId();
      for (let number = 0; number < 5; number += 1) {
        await insert({
          ownerId,
          title: `found ${number}`,
          updatedAt: at(number),
          tags: ['t'],
          archived: true,
        });
        await insert({
          ownerId,
          title: `lost ${number}`,
          updatedAt: at(number),
          tags: ['t'],
          archived: true,
        });
        await insert({ ownerId, title: `found ${number}`, updatedAt: at(number), archived: true });
        await insert({ ownerId, title: `found ${number}`, updatedAt: at(number), tags: ['t'] });
      }
      const filter = { archived: true, tag: 't', search: 'found' };
      const titles = (items: readonly Conversation[]) => items.map(({ title }) => title);
      const first = await stores.conversations.page(ownerId, forward(2), filter);
      expect(titles(first.items)).toEqual(['found 4', 'found 3']);
      expect(first).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
      const end = first.items.at(-1) ?? null;
      const rest = await stores.conversations.page(ownerId, forward(10, end), filter);
      expect(titles(rest.items)).toEqual(['found 2', 'found 1', 'found 0']);
      expect(rest).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
      const last = await stores.conversations.page(ownerId, backward(2), filter);
      expect(titles(last.items)).toEqual(['found 1', 'found 0']);
      expect(last).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    });
  });
}
