import { once } from 'node:events';
import { type Client, signIn } from './harness/client.ts';
import { makeFolder, removeFolder } from './harness/folder.ts';
import { adminPassword, type ServerProcess, startServer } from './harness/process.ts';

/** The number of parallel answers of the tests' Ollama. */
const slots = 4;
const url = process.env.OLLAMA_URL?.split(',')[0] ?? '';
const isThere = /^https?:/.test(url);
const story = 'Tell me a very long story about a lighthouse keeper, the sea, and all who came by.';

(isThere ? describe : describe.skip)(
  `the slots of a real Ollama${isThere ? '' : ' (skipped: OLLAMA_URL names none)'}`,
  () => {
    let folder: string;
    let server: ServerProcess;
    let client: Client;
    let model: { readonly name: string; readonly contextLength: number };

    beforeAll(async () => {
      folder = await makeFolder();
      server = await startServer({ dataDir: folder, env: { OLLAMA_URL: url } });
      client = await signIn(server.url, 'admin', adminPassword);
      const { models } = await client.data<{ models: { edges: { node: typeof model }[] } }>(
        '{ models(first: 1) { edges { node { name contextLength } } } }',
      );
      model = models.edges[0]?.node ?? { name: '', contextLength: 0 };
    }, 90_000);
    afterAll(async () => {
      await client?.close();
      await server?.stop();
      await removeFolder(folder);
    }, 60_000);

    /** An answer that holds a slot. */
    interface Answer {
      /** Resolves when there is more text than so far. */
      moved(): Promise<unknown>;
      /** Ends it before its time, and waits until it has ended. */
      stop(): Promise<unknown>;
    }

    /** Calls Ollama directly. */
    const ask = (): Answer => {
      const left = new AbortController();
      const tokens = new EventTarget();
      const read = async () => {
        // With the context length of the service: with another one, Ollama would reload the model.
        const options = { num_ctx: model.contextLength };
        const body = JSON.stringify({ model: model.name, prompt: story, options });
        const { body: chunks } = await fetch(`${url}/api/generate`, {
          method: 'POST',
          body,
          signal: left.signal,
        });
        for await (const _ of chunks ?? []) tokens.dispatchEvent(new Event('token'));
      };
      const ended = read().catch(() => {});
      return {
        moved: () => once(tokens, 'token'),
        async stop() {
          left.abort();
          await ended;
        },
      };
    };

    const generate = async (): Promise<Answer> => {
      const { generation } = await client.generate({ prompt: story });
      let length = 0;
      return {
        async moved() {
          for await (const { cursor } of client.watch(generation.id, length)) {
            if (cursor <= length) continue;
            length = cursor;
            return;
          }
          throw new Error('The answer has ended.');
        },
        stop: () =>
          client.data(
            'mutation ($id: ID!) { cancelGeneration(input: { id: $id }) { generation { status } } }',
            { id: generation.id },
          ),
      };
    };

    /** Fills all slots, the last one by `begin`, and ends that one. Resolves to how long a waiting request waited since, in ms. */
    const handover = async (begin: () => Answer | Promise<Answer>): Promise<number> => {
      const others = Array.from({ length: slots - 1 }, ask);
      await Promise.all(others.map((other) => other.moved()));
      const last = await begin();
      await last.moved();
      const next = ask();
      const first = next.moved().then(() => 'next');
      // It waits as long as the last one runs.
      expect(await Promise.race([first, last.moved().then(() => 'last')])).toBe('last');
      const stoppedAt = performance.now();
      const stopped = last.stop();
      await first;
      const waitedMs = performance.now() - stoppedAt;
      await stopped;
      await Promise.all([next, ...others].map((one) => one.stop()));
      return waitedMs;
    };

    it('are released by a cancel nearly as fast as by a client of Ollama that disconnects', async () => {
      const direct = [await handover(ask), await handover(ask), await handover(ask)];
      const here = [await handover(generate), await handover(generate), await handover(generate)];
      const figures = [direct, here].map((all) => all.map(Math.round).join(', '));
      process.stderr.write(`slot released after ${figures[0]} ms directly, ${figures[1]} ms by a cancel\n`);
      // Measured side by side, so that a busy machine slows down both.
      expect(Math.min(...here)).toBeLessThan(2 * Math.min(...direct));
    }, 240_000);
  },
);
