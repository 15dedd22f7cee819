import type { Conversation } from '../conversations/conversation.ts';
import type { PageRequest } from '../paging/pages.ts';
import {
  backward,
  forward,
  newConversation,
  newMessage,
  type OpenStores,
  write,
} from '../stores/stores.contract.ts';
import type { Stores } from '../stores/stores.ts';
import type { Message, NewMessage } from './message.ts';

const length = 10_000;
const rounds = 31;
/** The timeout of a test, in milliseconds: a store over a network may be slow with 10,000 messages. */
const timeoutMs = 120_000;

/** Writes messages, each the child of the one before, as a store would. Resolves to them with their positions. */
export type WriteRun = (stores: Stores, run: readonly NewMessage[]) => Promise<readonly Message[]>;

const writeOneByOne: WriteRun = async (stores, run) => {
  const written: Message[] = [];
  for (const message of run) written.push(await write(stores, message));
  return written;
};

/**
 * Describes long paths. Times are compared within one run, in alternation, so that the machine's load has no effect.
 */
export function describeLongPaths(open: OpenStores, writeRun: WriteRun = writeOneByOne): void {
  describe(`a path of ${length} messages`, () => {
    let stores: Stores;
    let conversation: Conversation;
    let leaf: Message;
    let root: Message;
    beforeAll(async () => {
      stores = await open();
      conversation = newConversation();
      await stores.conversations.insert(conversation);
      const run: NewMessage[] = [];
      for (let depth = 0; depth < length; depth += 1) {
        const parentId = run.at(-1)?.id ?? null;
        run.push(newMessage(conversation, { parentId, content: `message ${depth}` }));
      }
      const written = await writeRun(stores, run);
      const [first, last] = [written[0], written.at(-1)];
      if (!first || !last) throw new Error('all were written');
      [root, leaf] = [first, last];
    }, timeoutMs);
    afterAll(() => stores.close());

    const path = (request: PageRequest<number>) =>
      stores.messages.path(conversation.ownerId, leaf.id, request);

    it(
      'is read from end to end, 100 at a time',
      async () => {
        const depths: number[] = [];
        for (let page = await path(forward(100)); ; page = await path(forward(100, depths.at(-1)))) {
          depths.push(...page.items.map(({ depth }) => depth));
          if (!page.hasNextPage) break;
        }
        expect(depths).toEqual(Array.from({ length }, (_, depth) => depth));
      },
      timeoutMs,
    );

    it(
      'has pages that cost the same at the start, in the middle and at the end',
      async () => {
        const [start, middle, end, fromEnd] = await medians([
          () => path(forward(50)),
          () => path(forward(50, length / 2)),
          () => path(forward(50, length - 51)),
          () => path(backward(50)),
        ]);
        for (const cost of [middle, end, fromEnd]) expect(cost / start).toBeLessThan(3);
      },
      timeoutMs,
    );

    it(
      'has a newest leaf that is found without reading the path',
      async () => {
        const find = (from: Message) => stores.messages.newestLeaf(conversation.ownerId, from.id);
        expect(await find(root)).toBe(leaf.id);
        const [atLeaf, fromRoot] = await medians([() => find(leaf), () => find(root)]);
        expect(fromRoot / atLeaf).toBeLessThan(10);
      },
      timeoutMs,
    );
  });
}

/** Resolves to the median time of each work in milliseconds. Each round runs each work once. */
async function medians<const Works extends readonly (() => Promise<unknown>)[]>(
  works: Works,
): Promise<{ [At in keyof Works]: number }> {
  const times = works.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, work] of works.entries()) {
      const began = performance.now();
      await work();
      times[at]?.push(performance.now() - began);
    }
  }
  return times.map((one) => one.sort((a, b) => a - b)[(rounds - 1) / 2] ?? Number.NaN) as {
    [At in keyof Works]: number;
  };
}
