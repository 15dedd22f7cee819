import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { pino } from 'pino';
import { Failure } from '../errors/failures.ts';
import { eventually } from '../process/eventually.testing.ts';
import { newConversation, newMessage, write } from '../stores/stores.contract.ts';
import { openMongoStores } from '../stores/stores.mongo.ts';
import type { Stores } from '../stores/stores.ts';
import { startTestProxy, type TestProxy } from './proxy.testing.ts';
import { describeWithMongo, freshDatabaseName, openTemporaryMongoStores } from './server.testing.ts';

/** The timeout of a test, in milliseconds: longer than any timeout of a call. */
const timeoutMs = 30_000;

/** Makes the first attempt fail fast. */
const failFast = '&serverSelectionTimeoutMS=500';

describeWithMongo('while MongoDB is unavailable', () => {
  const databaseName = freshDatabaseName();
  const lines: string[] = [];
  const log = pino({}, { write: (line) => lines.push(JSON.parse(line).msg) });
  let direct: Stores;
  let proxy: TestProxy;
  let stores: Stores | null;
  beforeAll(async () => {
    direct = await openTemporaryMongoStores(databaseName);
  });
  beforeEach(async () => {
    lines.length = 0;
    stores = null;
    proxy = await startTestProxy();
  });
  afterEach(async () => {
    await stores?.close();
    await proxy.close();
  });
  afterAll(() => direct.close());

  const open = async (options = '') => {
    stores = await openMongoStores({ url: proxy.url + options, log, databaseName });
    return stores;
  };

  /** Resolves to the code of a call's failure, and checks that it fails within `limitMs` milliseconds. */
  const failureOf = async (call: Promise<unknown>, limitMs: number) => {
    const began = performance.now();
    const failure = await call.then(
      () => null,
      (error: unknown) => error,
    );
    expect(performance.now() - began).toBeLessThan(limitMs);
    expect(failure).toBeInstanceOf(Failure);
    return (failure as Failure).code;
  };

  it(
    'calls fail within seconds, and succeed again when it is available',
    async () => {
      const { accounts, conversations, check } = await open();
      const users = await accounts.countUsers();
      const conversation = newConversation();
      await proxy.cut();
      const calls = [check(), accounts.countUsers(), conversations.insert(conversation)];
      const codes = await Promise.all(calls.map((call) => failureOf(call, 6000)));
      expect(codes).toEqual(Array(3).fill('SERVICE_UNAVAILABLE'));
      await proxy.restore();
      await conversations.insert(conversation);
      await check();
      expect(await conversations.find(conversation.ownerId, conversation.id)).toEqual(conversation);
      expect(await accounts.countUsers()).toBe(users);
      expect(lines.filter((line) => /^mongo:/.test(line))).toEqual([
        expect.stringMatching(/^mongo: 127\.0\.0\.1:\d+ \(MONGODB_URL\) is unavailable, retrying: [^\n]+$/),
        expect.stringMatching(/^mongo: 127\.0\.0\.1:\d+ is available again$/),
      ]);
    },
    timeoutMs,
  );

  it(
    'a call without a response times out, and the next one succeeds when it is available again',
    async () => {
      const { accounts } = await open();
      await accounts.countUsers();
      proxy.hang();
      expect(await failureOf(accounts.countUsers(), 12_000)).toBe('SERVICE_UNAVAILABLE');
      await proxy.restore();
      expect(await accounts.countUsers()).toBeGreaterThanOrEqual(0);
    },
    timeoutMs,
  );

  it(
    'reset connections fail calls with a code, and lose no confirmed write',
    async () => {
      const { conversations, messages, audit, usage, check } = await open();
      const conversation = newConversation();
      const { ownerId } = conversation;
      await conversations.insert(conversation);
      const confirmed: string[] = [];
      const unexpected: unknown[] = [];
      const codes: string[] = [];
      const until = performance.now() + 3000;
      const resets = setInterval(() => proxy.reset(), 25);

      const work = async () => {
        while (performance.now() < until) {
          const message = newMessage(conversation, { content: 'x'.repeat(200_000) });
          const calls = [
            messages.insert(message).then(() => confirmed.push(message.id)),
            messages.find(ownerId, message.id),
            messages.setContent(
              ownerId,
              message.id,
              { generationId: 'generation', attempt: 1 },
              'y'.repeat(100_000),
            ),
            conversations.update(ownerId, conversation.id, { title: message.id }),
            conversations.find(ownerId, conversation.id),
            audit.chainAfter(0, 10),
            usage.add({
              ownerId,
              day: '2026-01-01',
              model: 'm',
              generations: 1,
              cached: 0,
              promptTokens: 1,
              completionTokens: 1,
            }),
            check(),
          ];
          for (const { reason, status } of (await Promise.allSettled(calls)) as PromiseRejectedResult[]) {
            if (status !== 'rejected') continue;
            if (reason instanceof Failure) codes.push(reason.code);
            else unexpected.push(reason);
          }
        }
      };
      await Promise.all(Array.from({ length: 6 }, work));
      clearInterval(resets);
      expect(unexpected).toEqual([]);
      expect([...new Set(codes)]).toEqual(['SERVICE_UNAVAILABLE']);
      for (const id of confirmed) expect(await direct.messages.find(ownerId, id)).not.toBeNull();
      await check();
    },
    timeoutMs,
  );

  it(
    'a start retries, rejects calls, and is ready when MongoDB is available',
    async () => {
      await proxy.cut();
      const { accounts, check, ready } = await open(failFast);
      expect(await failureOf(check(), 1000)).toBe('SERVICE_UNAVAILABLE');
      expect(await failureOf(accounts.countUsers(), 1000)).toBe('SERVICE_UNAVAILABLE');
      await proxy.restore();
      await ready();
      await check();
      expect(lines).toEqual([
        expect.stringMatching(/is unavailable, retrying: .*ECONNREFUSED/),
        expect.stringMatching(/is available again$/),
      ]);
    },
    timeoutMs,
  );

  it(
    'a start that is still retrying can be closed',
    async () => {
      await proxy.cut();
      const { accounts, ready, close } = await open(failFast);
      const waiting = expect(ready()).rejects.toThrow('the store is closed');
      await close();
      await waiting;
      await expect(accounts.countUsers()).rejects.toThrow('the store is closed');
    },
    timeoutMs,
  );

  it(
    'an interrupted deletion is completed by the same call',
    async () => {
      const conversation = newConversation();
      const { ownerId, id } = conversation;
      await direct.conversations.insert(conversation);
      const message = await write(direct, newMessage(conversation));
      const { conversations, messages } = await open();
      const cut = proxy.cutBefore('delete');
      expect(await failureOf(conversations.delete(ownerId, id), 12_000)).toBe('SERVICE_UNAVAILABLE');
      await cut;
      expect(await direct.conversations.find(ownerId, id)).toBeNull();
      expect(await direct.messages.find(ownerId, message.id)).not.toBeNull();
      expect(await direct.messages.insert(newMessage(conversation))).toBeNull();
      await proxy.restore();
      expect(await conversations.delete(ownerId, id)).toBe(true);
      expect(await messages.find(ownerId, message.id)).toBeNull();
      expect(await conversations.delete(ownerId, id)).toBe(false);
    },
    timeoutMs,
  );

  it(
    'an interrupted deletion is completed by the next start',
    async () => {
      const conversation = newConversation();
      const { ownerId, id } = conversation;
      await direct.conversations.insert(conversation);
      const message = await write(direct, newMessage(conversation));
      const { conversations, close } = await open();
      const cut = proxy.cutBefore('delete');
      expect(await failureOf(conversations.delete(ownerId, id), 12_000)).toBe('SERVICE_UNAVAILABLE');
      await cut;
      await close();
      await proxy.restore();
      await open();
      expect(await direct.messages.find(ownerId, message.id)).toBeNull();
      expect(await direct.conversations.delete(ownerId, id)).toBe(false);
    },
    timeoutMs,
  );

  it(
    'calls succeed again although the driver no longer checks the server',
    async () => {
      const sockets: Socket[] = [];
      const collect = (message: unknown) => sockets.push((message as { socket: Socket }).socket);
      subscribe('net.client.socket', collect);
      const { check } = await open(
        '&heartbeatFrequencyMS=500&connectTimeoutMS=500&serverSelectionTimeoutMS=500',
      );
      unsubscribe('net.client.socket', collect);
      await check();
      const [monitor] = sockets;
      if (!monitor) throw new Error('the driver has no connection');
      const isStuck = Promise.withResolvers<void>();
      // As if the server had closed the connection: destroyed, but without its event yet when a heartbeat is written.
      monitor.write = () => {
        monitor.destroy();
        isStuck.resolve();
        return false;
      };
      await isStuck.promise;
      await proxy.cut();
      expect(await failureOf(check(), 6000)).toBe('SERVICE_UNAVAILABLE');
      await proxy.restore();
      await eventually(
        () =>
          check().then(
            () => 'available',
            () => 'unavailable',
          ),
        (found) => found === 'available',
        { limitMs: 15_000 },
      );
      expect(lines).toContainEqual(
        expect.stringMatching(/^mongo: the driver has stopped checking 127\.0\.0\.1:\d+, so/),
      );
    },
    timeoutMs,
  );
});
