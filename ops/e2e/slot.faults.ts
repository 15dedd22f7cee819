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

    /** Calls Ollama directly. `first` resolves to the time of its first token. */
    const ask = () => {
      const left = new AbortController();
      const first = Promise.withResolvers<number>();
      const read = async () => {
        // With the context length of the service: with another one, Ollama would reload the model.
        const options = { num_ctx: model.contextLength };
        const body = JSON.stringify({ model: model.name, prompt: story, options });
        const { body: chunks } = await fetch(`${url}/api/generate`, {
          method: 'POST',
          body,
          signal: left.signal,
        });
        for await (const _ of chunks ?? []) first.resolve(performance.now());
      };
      const ended = read().catch(() => {});
      return {
        first: first.promise,
        async stop() {
          left.abort();
          await ended;
        },
      };
    };

    it('are released within half a second of a cancel, so that Ollama starts the next one', async () => {
      const others = Array.from({ length: slots - 1 }, ask);
      await Promise.all(others.map((other) => other.first));
      // The time to the first token with a free slot.
      const askedAt = performance.now();
      const free = ask();
      const firstTokenMs = (await free.first) - askedAt;
      await free.stop();

      const { generation } = await client.generate({ prompt: story });
      for await (const event of client.watch(generation.id)) if (event.cursor > 0) break;
      const next = ask();
      const early = await Promise.race([next.first, client.watch(generation.id, 200).next()]);
      expect(typeof early).toBe('object');

      const cancelledAt = performance.now();
      await client.data(
        'mutation ($id: ID!) { cancelGeneration(input: { id: $id }) { generation { status } } }',
        { id: generation.id },
      );
      const waitedMs = (await next.first) - cancelledAt;
      await Promise.all([next, ...others].map((one) => one.stop()));
      expect(waitedMs - firstTokenMs).toBeLessThan(500);
    }, 120_000);
  },
);
