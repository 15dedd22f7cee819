import { openTemporaryStores } from '../../sqlite/stores.testing.ts';
import type { Stores } from '../../stores/stores.ts';
import { newAttachment } from '../attachments.testing.ts';
import { createRetrieval } from './retrieve.ts';
import { passageTerms } from './terms.ts';

/** The direction of each text: a synonym has another term but the same vector. */
const directions: Readonly<Record<string, readonly number[]>> = {
  'The vessel sank.': [1, 0, 0],
  'The boat has a red flag.': [0.6, 0.8, 0],
  'Nothing of the kind.': [0, 0, 1],
  'Which ship sank?': [1, 0.1, 0],
};

describe('retrieval', () => {
  let stores: Stores;
  const asked: string[] = [];
  beforeAll(async () => {
    stores = await openTemporaryStores();
  });
  afterAll(() => stores.close());
  beforeEach(() => asked.splice(0));

  const retrieval = (options: { readonly key?: string; readonly isHanging?: boolean } = {}) =>
    createRetrieval({
      passages: stores.passages,
      embeddingModel: async () => ({ name: 'm', key: options.key ?? 'm@1' }),
      embedMs: 200,
      engine: {
        async embed({ input }, signal) {
          asked.push(...input);
          if (options.isHanging) {
            await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
          }
          return { vectors: input.map((text) => directions[text] ?? [0, 1, 0]), promptTokens: 1 };
        },
      },
    });

  const insert = async (texts: readonly string[], vectors: number = texts.length) => {
    const attachment = newAttachment();
    const { ownerId, id } = attachment;
    await stores.attachments.insert(attachment, texts.join('\n'));
    await stores.passages.insert(
      ownerId,
      id,
      texts.map((text, number) => ({
        number,
        start: number,
        end: number + 1,
        page: null,
        heading: null,
        terms: passageTerms(text),
      })),
    );
    await stores.passages.begin(ownerId, id, 'm@1');
    await stores.passages.embed(
      ownerId,
      id,
      'm@1',
      texts
        .slice(0, vectors)
        .map((text, number) => ({ number, vector: Float32Array.from(directions[text] ?? [0, 1, 0]) })),
    );
    return { readerId: ownerId, attachmentIds: [id] };
  };
  const texts = ['Nothing of the kind.', 'The boat has a red flag.', 'The vessel sank.'];
  const numbers = (found: readonly { readonly number: number }[]) => found.map(({ number }) => number);

  it('ranks by vectors what has other words, and by words what has another direction', async () => {
    const scope = await insert(texts);
    expect(numbers(await retrieval().rank(scope, 'Which ship sank?', 2))).toEqual([2, 1]);
    expect(numbers(await retrieval().rank(scope, 'red flag', 1))).toEqual([1]);
  });

  it('adds the beginning of the document to few results, each passage once', async () => {
    const scope = await insert(texts);
    const found = numbers(await retrieval({ key: 'another@1' }).rank(scope, 'sank?', 9));
    expect(found).toEqual([2, 0, 1]);
  });

  it.each<[string, () => Promise<readonly number[]>, number]>([
    [
      'not all passages are embedded',
      async () => numbers(await retrieval().rank(await insert(texts, 2), 'red flag', 1)),
      0,
    ],
    [
      'the engine has another model',
      async () => numbers(await retrieval({ key: 'm@2' }).rank(await insert(texts), 'red flag', 1)),
      1,
    ],
    [
      'the engine hangs',
      async () => numbers(await retrieval({ isHanging: true }).rank(await insert(texts), 'red flag', 1)),
      1,
    ],
  ])('uses full text alone if %s', async (_case, rank, requests) => {
    expect(await rank()).toEqual([1]);
    expect(asked.length).toBeLessThanOrEqual(requests);
  });

  it('finds nothing of another owner', async () => {
    const scope = await insert(texts);
    const other = await insert(['A foreign red flag.']);
    const both = { ...scope, attachmentIds: [...scope.attachmentIds, ...other.attachmentIds] };
    const found = await retrieval().rank(both, 'foreign red flag', 9);
    expect(new Set(found.map(({ attachmentId }) => attachmentId))).toEqual(new Set(scope.attachmentIds));
    expect(await retrieval().searchable(scope.readerId, both.attachmentIds)).toEqual(scope.attachmentIds);
  });
});
