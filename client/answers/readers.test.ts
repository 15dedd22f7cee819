import { ZiggieError } from '../errors.ts';
import { createFeed, type Feed } from './feed.ts';
import { type FollowEvent, splice } from './held.ts';
import { type AnswerEvent, readEvents, readText } from './readers.ts';

const step: FollowEvent = {
  offset: 0,
  delta: '',
  cursor: 0,
  thinkingOffset: 0,
  thinkingDelta: '',
  status: 'RUNNING',
  attempt: 1,
  queuePosition: null,
};

const write = (feed: Feed, event: Partial<FollowEvent>) => {
  const held = splice(feed.now().held, { ...step, ...event });
  if (held === null) throw new Error('there is a gap');
  feed.write({ held });
};

/** Restarts an attempt from its start, as the server does. */
const restart = (feed: Feed, delta: string, attempt = 2) => write(feed, { offset: 0, delta, attempt });

const finish = (feed: Feed, error: unknown = null) => {
  write(feed, {
    offset: feed.now().held.text.length,
    attempt: feed.now().held.attempt,
    status: error === null ? 'COMPLETED' : 'FAILED',
  });
  feed.write({ end: { error } });
};

/** The reader reads the state before each further event. */
const readAlong = async <Item>(
  read: (feed: Feed) => AsyncIterable<Item>,
  ...steps: readonly ((feed: Feed) => void)[]
) => {
  const feed = createFeed();
  const items: Item[] = [];
  const reading = (async () => {
    for await (const item of read(feed)) items.push(item);
  })().then(
    () => ({ items, error: null }),
    (error: unknown) => ({ items, error }),
  );
  for (const next of steps) {
    next(feed);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return reading;
};

describe('the loop over the text', () => {
  it('yields the text since the previous part, and all of it at once to a slow reader', async () => {
    const { items } = await readAlong(
      readText,
      (feed) => write(feed, { delta: 'one ' }),
      (feed) => {
        write(feed, { offset: 4, delta: 'two ' });
        write(feed, { offset: 8, delta: 'three' });
        finish(feed);
      },
    );
    expect(items).toEqual(['one ', 'two three']);
  });

  it('yields nothing twice of a restarted answer that repeats its text', async () => {
    const { items, error } = await readAlong(
      readText,
      (feed) => write(feed, { delta: 'one two th' }),
      (feed) => restart(feed, 'one '),
      (feed) => write(feed, { offset: 4, delta: 'two three', attempt: 2 }),
      finish,
    );
    expect(items).toEqual(['one two th', 'ree']);
    expect(error).toBeNull();
  });

  it.each([
    ['something else', (feed: Feed) => restart(feed, 'other')],
    ['shorter', (feed: Feed) => restart(feed, 'one')],
  ])('fails with RESTARTED if the final answer is %s', async (_what, again) => {
    const { items, error } = await readAlong(
      readText,
      (feed) => write(feed, { delta: 'one two' }),
      again,
      finish,
    );
    expect(items).toEqual(['one two']);
    expect(error).toMatchObject({ code: 'RESTARTED' });
  });

  it('yields the text so far before it throws the error of a failed answer', async () => {
    const failed = new ZiggieError('ENGINE_FAILED', 'It broke.');
    const { items, error } = await readAlong(readText, (feed) => {
      write(feed, { delta: 'half' });
      finish(feed, failed);
    });
    expect(items).toEqual(['half']);
    expect(error).toBe(failed);
  });
});

describe('the loop over the events', () => {
  const textOf = (events: readonly AnswerEvent[]) =>
    events.reduce(
      (text, event) => (event.type === 'text' ? text.slice(0, event.offset) + event.delta : text),
      '',
    );

  it('yields queue positions, connection losses, attempts and text, and the end last', async () => {
    const { items } = await readAlong(
      readEvents,
      (feed) => write(feed, { status: 'QUEUED', queuePosition: 2 }),
      (feed) => write(feed, { delta: 'Hello wor', thinkingDelta: 'Hm.' }),
      (feed) => feed.write({ trouble: new Error('unreachable') }),
      (feed) => {
        restart(feed, 'Hello, you');
        feed.write({ trouble: null });
      },
      finish,
    );
    expect(items).toEqual([
      { type: 'status', status: 'QUEUED', attempt: 1, queuePosition: 2 },
      { type: 'status', status: 'RUNNING', attempt: 1, queuePosition: null },
      { type: 'thinking', offset: 0, delta: 'Hm.', attempt: 1 },
      { type: 'text', offset: 0, delta: 'Hello wor', attempt: 1 },
      { type: 'connection', state: 'lost', error: new Error('unreachable') },
      { type: 'connection', state: 'restored' },
      { type: 'status', status: 'RUNNING', attempt: 2, queuePosition: null },
      { type: 'thinking', offset: 0, delta: '', attempt: 2 },
      { type: 'text', offset: 5, delta: ', you', attempt: 2 },
      { type: 'status', status: 'COMPLETED', attempt: 2, queuePosition: null },
    ]);
    expect(textOf(items)).toBe('Hello, you');
  });

  it('truncates a text that became shorter', async () => {
    const { items } = await readAlong(
      readEvents,
      (feed) => write(feed, { delta: 'one two' }),
      (feed) => restart(feed, 'one'),
      finish,
    );
    expect(textOf(items)).toBe('one');
  });
});

describe('the held text', () => {
  it('rejects an event that leaves a gap', () => {
    const held = splice(createFeed().now().held, { ...step, delta: 'one', cursor: 3 });
    expect(held).toMatchObject({ text: 'one', cursor: 3 });
    expect(held && splice(held, { ...step, offset: 4, delta: 'two' })).toBeNull();
    expect(held && splice(held, { ...step, thinkingOffset: 1 })).toBeNull();
    expect(held && splice(held, { ...step, offset: 2, delta: 'e two', cursor: 7 })?.text).toBe('one two');
  });
});
