import type { Conversation } from '../conversations/conversation.ts';
import type { PageRequest } from '../paging/pages.ts';
import {
  at,
  backward,
  forward,
  newConversation,
  newId,
  newMessage,
  type OpenStores,
  write,
} from '../stores/stores.contract.ts';
import type { Stores } from '../stores/stores.ts';
import type { Message, NewMessage } from './message.ts';

const idsOf = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);

export function describeMessageTree(open: OpenStores): void {
  describe('a tree of messages', () => {
    let stores: Stores;
    let conversation: Conversation;
    beforeAll(async () => {
      stores = await open();
    });
    beforeEach(async () => {
      conversation = newConversation();
      await stores.conversations.insert(conversation);
    });
    afterAll(() => stores.close());

    const insert = (parent: Message | null, given: Partial<NewMessage> = {}) =>
      write(stores, newMessage(conversation, { parentId: parent?.id ?? null, ...given }));

    const insertRun = async (parent: Message | null, length: number) => {
      const run: Message[] = [];
      for (let count = 0; count < length; count += 1) run.push(await insert(run.at(-1) ?? parent));
      return run;
    };

    const path = async (leaf: Message, request: PageRequest<number> = forward(100)) =>
      idsOf((await stores.messages.path(conversation.ownerId, leaf.id, request)).items);

    describe('the path', () => {
      it('goes from the root to the leaf, through forks of forks', async () => {
        const trunk = await insertRun(null, 4);
        const fork = await insertRun(trunk[1] ?? null, 3);
        // A fork of a fork at its first message, and a fork of that one at its end.
        const early = await insertRun(fork[0] ?? null, 1);
        const deep = await insertRun(early[0] ?? null, 2);
        const [trunkEnd, forkEnd, deepEnd] = [trunk.at(-1), fork.at(-1), deep.at(-1)];
        if (!trunkEnd || !forkEnd || !deepEnd) throw new Error('all were written');
        expect(await path(trunkEnd)).toEqual(idsOf(trunk));
        expect(await path(forkEnd)).toEqual(idsOf([...trunk.slice(0, 2), ...fork]));
        expect(await path(deepEnd)).toEqual(
          idsOf([...trunk.slice(0, 2), ...fork.slice(0, 1), ...early, ...deep]),
        );
      });

      it('may end at a message in the middle of a branch', async () => {
        const run = await insertRun(null, 4);
        const middle = run[2];
        if (!middle) throw new Error('four were written');
        expect(await stores.messages.path(conversation.ownerId, middle.id, forward(10))).toEqual({
          items: run.slice(0, 3),
          hasNextPage: false,
          hasPreviousPage: false,
        });
      });

      it('is empty if the leaf is absent', async () => {
        const nothing = { items: [], hasNextPage: false, hasPreviousPage: false };
        expect(await stores.messages.path(conversation.ownerId, newId(), forward(10))).toEqual(nothing);
      });

      it.each([1, 2, 3, 7, 8])(
        'is paged in both directions by %i across forks, each message once',
        async (size) => {
          const trunk = await insertRun(null, 3);
          const fork = await insertRun(trunk[0] ?? null, 3);
          const end = await insertRun(fork[1] ?? null, 4);
          const leaf = end.at(-1);
          if (!leaf) throw new Error('four were written');
          const whole = idsOf([...trunk.slice(0, 1), ...fork.slice(0, 2), ...end]);

          for (const direction of [forward, backward]) {
            const walked: string[][] = [];
            let key: number | null = null;
            for (let more = true; more && walked.length < 10; ) {
              const request: PageRequest<number> = direction<number>(size, key);
              const page = await stores.messages.path(conversation.ownerId, leaf.id, request);
              walked.push(idsOf(page.items));
              const isForward = direction === forward;
              expect(isForward ? page.hasPreviousPage : page.hasNextPage).toBe(key !== null);
              more = isForward ? page.hasNextPage : page.hasPreviousPage;
              key = (isForward ? page.items.at(-1) : page.items[0])?.depth ?? null;
            }
            expect(walked).toHaveLength(Math.ceil(whole.length / size));
            expect((direction === forward ? walked : walked.reverse()).flat()).toEqual(whole);
          }
        },
      );

      it.each([
        ['forward between keys', forward(2, 1, 6), [2, 3], true, true],
        ['backward between keys', backward(2, 6, 1), [4, 5], true, true],
        ['all between keys', forward(10, 1, 4), [2, 3], true, true],
        ['up to a key', forward(10, null, 3), [0, 1, 2], true, false],
        ['back to a key', backward(10, null, 3), [4, 5, 6, 7], false, true],
        ['after the end', forward(2, 7), [], false, true],
        ['far after the end', forward(2, 100), [], false, true],
        ['before the start', backward(2, 0), [], true, false],
        ['between neighbours', forward(2, 3, 4), [], true, true],
        ['between keys that cross', forward(2, 5, 2), [], true, true],
        ['from a key before the start', forward(2, -5), [0, 1], true, false],
        ['back from a key after the end', backward(2, 100), [6, 7], false, true],
      ])('has the page %s', async (_name, request, depths, hasNextPage, hasPreviousPage) => {
        const run = await insertRun(null, 8);
        const leaf = run.at(-1);
        if (!leaf) throw new Error('eight were written');
        const page = await stores.messages.path(conversation.ownerId, leaf.id, request);
        expect(page.items.map(({ depth }) => depth)).toEqual(depths);
        expect(page).toMatchObject({ hasNextPage, hasPreviousPage });
      });
    });

    describe('the newest leaf', () => {
      const newestLeaf = (from: Message) => stores.messages.newestLeaf(conversation.ownerId, from.id);

      it('is the message itself if it has no child, and null if it is absent', async () => {
        const root = await insert(null);
        expect(await newestLeaf(root)).toBe(root.id);
        expect(await stores.messages.newestLeaf(conversation.ownerId, newId())).toBeNull();
      });

      it('follows the newest child at every fork, and is not the newest of all messages', async () => {
        // root ── a ── b        the newer child of root is c; of c, e, though b is written last
        //      └─ c ── d
        //           └─ e ── f
        const root = await insert(null, { createdAt: at(0) });
        const a = await insert(root, { createdAt: at(1) });
        const c = await insert(root, { createdAt: at(2) });
        const d = await insert(c, { createdAt: at(3) });
        const e = await insert(c, { createdAt: at(4) });
        const f = await insert(e, { createdAt: at(5) });
        const b = await insert(a, { createdAt: at(6) });
        expect(await newestLeaf(root)).toBe(f.id);
        expect(await newestLeaf(c)).toBe(f.id);
        expect(await newestLeaf(d)).toBe(d.id);
        expect(await newestLeaf(a)).toBe(b.id);
      });

      it('agrees with the order of the children, regardless of the order of writes', async () => {
        const root = await insert(null, { createdAt: at(0) });
        const newer = await insert(root, { createdAt: at(9) });
        const older = await insert(root, { createdAt: at(5) });
        const deeper = await insert(newer, { createdAt: at(10) });
        const deepest = await insert(newer, { createdAt: at(11) });
        expect(await newestLeaf(root)).toBe(deepest.id);
        expect(await newestLeaf(older)).toBe(older.id);
        expect(await newestLeaf(deeper)).toBe(deeper.id);
      });

      it('agrees with a walk from child to child in any tree', async () => {
        const all = [await insert(null, { createdAt: at(0) })];
        // A pseudo-random sequence with a fixed seed: the same tree at every run.
        let seed = 7;
        const pick = (below: number) => {
          seed = (seed * 1103515245 + 12345) % 2147483648;
          return Math.floor((seed / 2147483648) * below);
        };
        for (let number = 1; number < 120; number += 1) {
          const recent = all.slice(-6);
          const parent = recent[pick(recent.length)];
          if (parent) all.push(await insert(parent, { createdAt: at(pick(50)) }));
        }
        for (const start of all) {
          let walked = start;
          for (let children: readonly Message[] = [start]; children.length > 0; ) {
            walked = children.at(-1) ?? walked;
            children = await stores.messages.children(conversation.ownerId, conversation.id, walked.id);
          }
          expect(await newestLeaf(start)).toBe(walked.id);
        }
        for (const leaf of all) {
          const ids = await path(leaf);
          const byId = new Map(all.map((message) => [message.id, message]));
          const up: string[] = [];
          for (let on: Message | undefined = leaf; on; on = byId.get(on.parentId ?? '')) up.unshift(on.id);
          expect(ids).toEqual(up);
        }
      });
    });
  });
}
