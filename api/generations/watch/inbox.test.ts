import { setTimeout as sleep } from 'node:timers/promises';
import { chunk } from '../journal/journal.contract.ts';
import { createInbox, type Inbox } from './inbox.ts';

describe('an inbox', () => {
  const never = new AbortController().signal;
  const timeoutMs = 60_000;
  const inboxes: Inbox[] = [];

  const open = (signal = never, limitMs = timeoutMs) => {
    const inbox = createInbox(signal, limitMs);
    inboxes.push(inbox);
    return inbox;
  };

  /** Takes the next arrival: the inbox must not be used afterwards, unless it has one. */
  const isEmpty = async (inbox: Inbox): Promise<boolean> => {
    const next = inbox.take();
    const first = await Promise.race([next.then(() => 'arrival'), sleep(5, 'nothing')]);
    inbox.delta(chunk(0, 'of attempt three', 3));
    await next;
    return first === 'nothing';
  };

  afterEach(() => {
    for (const inbox of inboxes.splice(0)) inbox.close();
  });

  it('merges consecutive deltas, and returns them once', async () => {
    const inbox = open();
    inbox.delta(chunk(0, 'one '));
    inbox.delta(chunk(4, 'two'));
    expect(await inbox.take()).toEqual({ type: 'delta', delta: chunk(0, 'one two') });
    expect(await isEmpty(inbox)).toBe(true);
  });

  it('returns an empty delta as a change of the stored row, also beside a text', async () => {
    const inbox = open();
    inbox.delta(chunk(0, ''));
    expect(await inbox.take()).toEqual({ type: 'changed' });
    inbox.delta(chunk(0, ''));
    inbox.delta(chunk(0, 'one'));
    expect(await inbox.take()).toEqual({ type: 'changed' });
    expect(await isEmpty(inbox)).toBe(true);
  });

  it('offers a delta to `accept` only while `take` waits', async () => {
    const offered: string[] = [];
    const inbox = createInbox(never, timeoutMs, ({ delta }) => {
      offered.push(delta);
      return delta !== 'two';
    });
    inboxes.push(inbox);
    inbox.delta(chunk(0, 'zero'));
    expect(await inbox.take()).toEqual({ type: 'delta', delta: chunk(0, 'zero') });
    const next = inbox.take();
    for (const [index, text] of ['one', 'two', 'three'].entries()) inbox.delta(chunk(4 + 3 * index, text));
    expect(await next).toEqual({ type: 'delta', delta: chunk(7, 'twothree') });
    expect(offered).toEqual(['one', 'two']);
  });

  it('requests a read of the journal if a delta has a gap before it', async () => {
    for (const later of [chunk(9, 'gap'), chunk(3, 'of the next attempt', 2)]) {
      const inbox = open();
      inbox.delta(chunk(0, 'one'));
      inbox.delta(later);
      expect(await inbox.take()).toEqual({ type: 'changed' });
      expect(await isEmpty(inbox)).toBe(true);
    }
  });

  it('buffers a limited text for a slow reader', async () => {
    const inbox = open();
    const part = 'x'.repeat(64 * 1024);
    for (let count = 0; count < 10; count += 1) inbox.delta(chunk(count * part.length, part));
    expect(await inbox.take()).toEqual({ type: 'changed' });
  });

  it('returns several ends as one change', async () => {
    const inbox = open();
    inbox.ended(1);
    inbox.changed();
    inbox.ended(2);
    expect(await inbox.take()).toEqual({ type: 'changed' });
    expect(await isEmpty(inbox)).toBe(true);
    inbox.delta(chunk(0, 'of attempt three', 3));
    expect(await inbox.take()).toMatchObject({ type: 'delta', delta: { attempt: 3 } });
  });

  it('wakes a waiting reader', async () => {
    const inbox = open();
    const taken = inbox.take();
    inbox.delta(chunk(0, 'one'));
    expect(await taken).toMatchObject({ type: 'delta' });
  });

  it('rejects with the reason of the signal', async () => {
    const stop = new AbortController();
    const inbox = open(stop.signal);
    const taken = inbox.take();
    stop.abort(new Error('enough'));
    await expect(taken).rejects.toThrow('enough');
    inbox.changed();
    await expect(inbox.take()).rejects.toThrow('enough');
  });

  it('waits for the whole timeout, however often it was woken before', async () => {
    const inbox = open(never, 100);
    inboxes.push(inbox);
    for (let count = 0; count < 4; count += 1) {
      const taken = inbox.take();
      await sleep(30);
      inbox.delta(chunk(0, 'one'));
      expect(await taken).toMatchObject({ type: 'delta' });
    }
    const startedAt = performance.now();
    expect(await inbox.take()).toEqual({ type: 'timeout' });
    expect(performance.now() - startedAt).toBeGreaterThan(98);
  });
});
