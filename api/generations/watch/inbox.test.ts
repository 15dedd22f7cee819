import { chunk } from '../journal/journal.contract.ts';
import { createInbox } from './inbox.ts';

describe('an inbox', () => {
  const never = new AbortController().signal;
  const timeoutMs = 60_000;

  it('merges consecutive deltas, and returns them once', async () => {
    const inbox = createInbox();
    inbox.delta(chunk(0, 'one '));
    inbox.delta(chunk(4, 'two'));
    expect(await inbox.take(never, timeoutMs)).toEqual({ type: 'delta', delta: chunk(0, 'one two') });
    expect(await inbox.take(never, 0)).toEqual({ type: 'timeout' });
  });

  it('requests a read of the journal if a delta has a gap before it', async () => {
    for (const later of [chunk(9, 'gap'), chunk(3, 'of the next attempt', 2)]) {
      const inbox = createInbox();
      inbox.delta(chunk(0, 'one'));
      inbox.delta(later);
      expect(await inbox.take(never, timeoutMs)).toEqual({ type: 'changed' });
      expect(await inbox.take(never, 0)).toEqual({ type: 'timeout' });
    }
  });

  it('buffers a limited text for a slow reader', async () => {
    const inbox = createInbox();
    const part = 'x'.repeat(64 * 1024);
    for (let count = 0; count < 10; count += 1) inbox.delta(chunk(count * part.length, part));
    expect(await inbox.take(never, timeoutMs)).toEqual({ type: 'changed' });
  });

  it('returns several ends as one change', async () => {
    const inbox = createInbox();
    inbox.ended(1);
    inbox.changed();
    inbox.ended(2);
    expect(await inbox.take(never, timeoutMs)).toEqual({ type: 'changed' });
    expect(await inbox.take(never, 0)).toEqual({ type: 'timeout' });
    inbox.delta(chunk(0, 'of attempt three', 3));
    expect(await inbox.take(never, timeoutMs)).toMatchObject({ type: 'delta', delta: { attempt: 3 } });
  });

  it('wakes a waiting reader', async () => {
    const inbox = createInbox();
    const taken = inbox.take(never, timeoutMs);
    inbox.delta(chunk(0, 'one'));
    expect(await taken).toMatchObject({ type: 'delta' });
  });

  it('rejects with the reason of the signal', async () => {
    const inbox = createInbox();
    const stop = new AbortController();
    const taken = inbox.take(stop.signal, timeoutMs);
    stop.abort(new Error('enough'));
    await expect(taken).rejects.toThrow('enough');
    inbox.changed();
    await expect(inbox.take(stop.signal, timeoutMs)).rejects.toThrow('enough');
  });
});
