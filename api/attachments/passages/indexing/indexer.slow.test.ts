import { jest } from '@jest/globals';
import { pino } from 'pino';
import { decodeId } from '../../../graph/globalIds.ts';
import { startTestApp, type TestApp } from '../../../http/testing/app.testing.ts';
import { eventually } from '../../../process/eventually.testing.ts';
import { openTemporaryStores } from '../../../sqlite/stores.testing.ts';
import { newAttachment } from '../../attachments.testing.ts';
import { startIndexer } from './indexer.ts';

interface Indexing {
  readonly state: string;
  readonly done: number;
  readonly total: number;
}

describe('the indexer', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await startTestApp({ env: { WRITE_LIMIT: 'off' } });
  });
  afterEach(() => app.stop());

  const upload = async (text: string): Promise<string> => {
    const response = await fetch(`${app.url}/api/attachments?name=long.md`, {
      method: 'PUT',
      headers: { Authorization: `Bearer ${app.token}` },
      body: text,
    });
    return (await response.json()).id;
  };
  const indexingOf = async (id: string): Promise<Indexing | undefined> => {
    const { data } = await app.graphql<{ node: { indexing: Indexing } }>(
      'query ($id: ID!) { node(id: $id) { ... on Attachment { indexing { state done total } } } }',
      { id },
    );
    return data?.node.indexing;
  };
  const text = Array.from({ length: 40 }, (_, at) => `# Part ${at}\n${`word${at} `.repeat(60)}`).join('\n\n');

  it('makes passages searchable at once, and embeds them once a model is installed', async () => {
    const id = await upload(text);
    const waiting = await indexingOf(id);
    expect(waiting).toEqual({ state: 'WAITING', done: 0, total: expect.any(Number) });
    expect(waiting?.total).toBeGreaterThan(16);
    const ownerId = (await app.stores.accounts.findUserByName('admin'))?.id ?? '';
    const attachmentId = decodeId('Attachment', id);
    const found = await app.stores.passages.matching(
      { readerId: ownerId, attachmentIds: [attachmentId] },
      ['word7'],
      5,
    );
    expect(found.map(({ heading }) => heading)).toEqual(['Part 7']);
    expect(await app.stores.attachments.find(ownerId, attachmentId)).toMatchObject({
      storedBytes: 1000 + 2 * Buffer.byteLength(text) + 4000 * (waiting?.total ?? 0),
    });

    app.standin.play({ capabilities: ['completion', 'embedding'] });
    const done = await eventually(
      () => indexingOf(id),
      (indexing) => indexing?.state === 'DONE',
      { limitMs: 25_000 },
    );
    expect(done).toEqual({ state: 'DONE', done: waiting?.total, total: waiting?.total });
  }, 40_000);
});

it('the indexer renews its claim while a batch takes longer', async () => {
  jest.useFakeTimers({
    doNotFake: [
      'setTimeout',
      'clearTimeout',
      'setImmediate',
      'clearImmediate',
      'nextTick',
      'queueMicrotask',
      'performance',
    ],
  });
  const stores = await openTemporaryStores();
  const attachment = newAttachment();
  await stores.attachments.insert(attachment, 'the text');
  const embedding = Promise.withResolvers<void>();
  const stop = startIndexer({
    ...stores,
    reader: {
      split: async () => [{ number: 0, start: 0, end: 8, page: null, heading: null, terms: ['text'] }],
    },
    engine: {
      embed: async (_, signal) => {
        embedding.resolve();
        return new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason)),
        );
      },
    },
    embeddingModel: async () => ({ name: 'm', key: 'm' }),
    isIdle: async () => true,
    runningAnswers: () => 0,
    clock: () => new Date(),
    log: pino({ level: 'silent' }),
  });
  try {
    await embedding.promise;
    const claim = () => stores.passages.claim('m', new Date(), new Date(Date.now() + 60_000));
    await jest.advanceTimersByTimeAsync(45_000);
    expect(await claim()).toBeNull();
    await stop();
    expect(await claim()).toMatchObject({ attachmentId: attachment.id });
  } finally {
    await stop();
    jest.useRealTimers();
    await stores.close();
  }
});
