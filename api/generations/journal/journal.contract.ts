import { createIds } from '../../process/ids.ts';
import type { Journal, JournalDelta, JournalListener } from './journal.ts';

export const chunk = (offset: number, delta: string, attempt = 1): JournalDelta => ({
  attempt,
  offset,
  delta,
  thinkingOffset: 0,
  thinkingDelta: '',
});

const begun = { attempt: 1, status: 'QUEUED', text: '', thinking: '' } as const;

/** Collects a journal's notifications, and lets a test wait for one. */
export const collect = () => {
  const notified: string[] = [];
  let wake: () => void = () => {};
  const notify = (what: string) => {
    notified.push(what);
    wake();
  };
  const listener: JournalListener = {
    delta: ({ delta }) => notify(delta),
    changed: () => notify('(changed)'),
    ended: (attempt) => notify(`(ended ${attempt})`),
  };
  const until = async (what: string) => {
    while (!notified.includes(what)) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { listener, notified, until };
};

/** The contract of every journal. */
export const describeJournal = (name: string, open: () => Promise<Journal>): void => {
  describe(`the journal ${name}`, () => {
    const ids = createIds();
    let journal: Journal;
    let id: string;

    beforeAll(async () => {
      journal = await open();
    });
    beforeEach(() => {
      id = ids.next();
    });
    afterAll(() => journal.close());

    it('has no entry of a generation that was not begun', async () => {
      expect(await journal.read(id)).toBeNull();
      expect(await journal.append(id, chunk(0, 'lost'))).toBe('mismatch');
    });

    it('keeps appended text in order', async () => {
      await journal.begin(id, begun);
      await journal.setStatus(id, 1, 'RUNNING');
      expect(await journal.append(id, chunk(0, 'one '))).toBe('appended');
      expect(await journal.append(id, { ...chunk(4, 'two'), thinkingDelta: 'hm' })).toBe('appended');
      expect(await journal.read(id)).toEqual({
        attempt: 1,
        status: 'RUNNING',
        text: 'one two',
        thinking: 'hm',
      });
    });

    it('passes an empty append on to its listeners', async () => {
      await journal.begin(id, { ...begun, status: 'RUNNING' });
      await journal.append(id, chunk(0, 'one'));
      const { listener, notified, until } = collect();
      const stop = await journal.listen(id, listener);
      expect(await journal.append(id, chunk(3, ''))).toBe('appended');
      await until('');
      expect(notified).toEqual(['']);
      expect((await journal.read(id))?.text).toBe('one');
      await stop();
    });

    it('rejects an append with a gap, so that two writers never mix', async () => {
      await journal.begin(id, { ...begun, attempt: 2 });
      await journal.append(id, chunk(0, 'one', 2));
      expect(await journal.append(id, chunk(0, 'again', 2))).toBe('mismatch');
      expect(await journal.append(id, chunk(9, 'ahead', 2))).toBe('mismatch');
      expect(await journal.append(id, chunk(3, 'of an older attempt', 1))).toBe('superseded');
      expect((await journal.read(id))?.text).toBe('one');
    });

    it('begins an entry again only for a higher attempt, but sets the status of a queued one', async () => {
      await journal.begin(id, begun);
      await journal.append(id, chunk(0, 'one'));
      await journal.begin(id, { ...begun, status: 'RUNNING' });
      expect(await journal.read(id)).toMatchObject({ status: 'RUNNING', text: 'one' });
      await journal.begin(id, begun);
      expect(await journal.read(id)).toMatchObject({ status: 'RUNNING', text: 'one' });
      await journal.begin(id, { ...begun, attempt: 2, text: 'on' });
      expect(await journal.read(id)).toMatchObject({ attempt: 2, text: 'on' });
    });

    it('restores a lost entry, and makes its readers read again', async () => {
      const reader = collect();
      const stop = await journal.listen(id, reader.listener);
      await journal.restore(id, { attempt: 2, status: 'RUNNING', text: 'one two', thinking: '' });
      await reader.until('(changed)');
      expect(await journal.append(id, chunk(7, ' three', 2))).toBe('appended');
      await journal.restore(id, { attempt: 1, status: 'RUNNING', text: 'older', thinking: '' });
      expect((await journal.read(id))?.text).toBe('one two three');
      await stop();
    });

    it('counts offsets in UTF-16 code units and keeps every character', async () => {
      await journal.begin(id, begun);
      expect(await journal.append(id, chunk(0, 'a👩‍🚀'))).toBe('appended');
      expect(await journal.append(id, chunk('a👩‍🚀'.length, 'ß漢"\\\n'))).toBe('appended');
      expect((await journal.read(id))?.text).toBe('a👩‍🚀ß漢"\\\n');
    });

    it('keeps a character that a flush splits, and invalid characters', async () => {
      const text = 'a\ud83d\ude00\u0000"\\\ud800 end';
      await journal.begin(id, begun);
      for (const [offset, unit] of text.split('').entries()) {
        expect(await journal.append(id, chunk(offset, unit))).toBe('appended');
      }
      expect((await journal.read(id))?.text).toBe(text);
    });

    it('notifies listeners of appends and of the end', async () => {
      const first = collect();
      const second = collect();
      const stops = [await journal.listen(id, first.listener), await journal.listen(id, second.listener)];
      await journal.begin(id, begun);
      await journal.append(id, chunk(0, 'one'));
      await journal.append(id, chunk(3, 'two'));
      await journal.end(id, 1);
      await Promise.all([first.until('(ended 1)'), second.until('(ended 1)')]);
      for (const { notified } of [first, second]) {
        expect(notified.filter((what) => what !== '(changed)')).toEqual(['one', 'two', '(ended 1)']);
      }
      expect(await journal.read(id)).toBeNull();
      for (const stop of stops) await stop();
      expect(journal.listenerCount()).toBe(0);
    });

    describe('fences by attempt', () => {
      const entry = (attempt: number, text = '') =>
        ({ attempt, status: 'RUNNING', text, thinking: '' }) as const;

      it('a lower attempt, which changes nothing and notifies no reader', async () => {
        await journal.begin(id, entry(2, 'new'));
        const reader = collect();
        const stop = await journal.listen(id, reader.listener);
        expect(await journal.begin(id, entry(1, 'old'))).toBe(2);
        expect(await journal.restore(id, entry(1, 'old'))).toBe(2);
        expect(await journal.append(id, chunk(3, 'x', 1))).toBe('superseded');
        await journal.setStatus(id, 1, 'COMPLETED');
        await journal.end(id, 1);
        expect(await journal.read(id)).toEqual(entry(2, 'new'));
        expect(await journal.append(id, chunk(3, 'er', 2))).toBe('appended');
        await reader.until('er');
        expect(reader.notified).toEqual(['er']);
        await stop();
      });

      it('the status of an attempt that has not begun', async () => {
        await journal.begin(id, entry(1));
        await journal.setStatus(id, 2, 'COMPLETED');
        expect(await journal.read(id)).toEqual(entry(1));
        expect(await journal.append(id, chunk(0, 'x', 2))).toBe('mismatch');
      });

      it('an ended attempt: neither it nor a lower one can begin again, but a higher one can', async () => {
        const reader = collect();
        const stop = await journal.listen(id, reader.listener);
        expect(await journal.begin(id, entry(2))).toBeNull();
        await journal.append(id, chunk(0, 'two', 2));
        await journal.end(id, 2);
        await reader.until('(ended 2)');
        for (const attempt of [1, 2]) {
          expect(await journal.begin(id, entry(attempt, 'back'))).toBe(2);
          expect(await journal.restore(id, entry(attempt, 'back'))).toBe(2);
          expect(await journal.append(id, chunk(3, 'late', attempt))).toBe('superseded');
          await journal.setStatus(id, attempt, 'RUNNING');
          expect(await journal.read(id)).toBeNull();
        }
        await journal.end(id, 1);
        expect(await journal.begin(id, entry(3, 'three'))).toBeNull();
        expect(await journal.read(id)).toEqual(entry(3, 'three'));
        expect(await journal.append(id, chunk(5, '!', 3))).toBe('appended');
        await reader.until('!');
        expect(reader.notified.filter((notified) => notified.startsWith('(ended'))).toEqual(['(ended 2)']);
        await journal.end(id, 3);
        await reader.until('(ended 3)');
        await stop();
      });

      it('an attempt that ended before its entry began, and all lower ones', async () => {
        await journal.begin(id, entry(1, 'one'));
        await journal.end(id, 3);
        expect(await journal.read(id)).toBeNull();
        expect(await journal.begin(id, entry(2))).toBe(3);
        expect(await journal.begin(id, entry(4))).toBeNull();
      });

      it('an entry of the same attempt, which begins once and can be restored', async () => {
        expect(await journal.begin(id, entry(1))).toBeNull();
        await journal.append(id, chunk(0, 'one'));
        expect(await journal.begin(id, entry(1))).toBeNull();
        expect(await journal.read(id)).toEqual(entry(1, 'one'));
        expect(await journal.restore(id, entry(1, 'one two'))).toBeNull();
        expect(await journal.read(id)).toEqual(entry(1, 'one two'));
      });
    });

    it('keeps notifying the other listeners when one stops', async () => {
      const leaves = collect();
      const stays = collect();
      const stopFirst = await journal.listen(id, leaves.listener);
      const stopSecond = await journal.listen(id, stays.listener);
      await journal.begin(id, begun);
      await stopFirst();
      await stopFirst();
      await journal.append(id, chunk(0, 'one'));
      await stays.until('one');
      expect(leaves.notified).not.toContain('one');
      await stopSecond();
    });
  });
};
