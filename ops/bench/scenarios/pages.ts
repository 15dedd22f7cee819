import { openSocket, type SocketClient } from '../load/socketClient.ts';
import { latencyOf } from '../load/statistics.ts';
import { cpuMs } from '../processes.ts';
import { formatScript } from '../servers/script.ts';
import type { Figures, Scenario, Target } from './scenario.ts';

/** The messages of a page. */
const pageSize = 30;

const generate = `mutation ($input: GenerateInput!) {
  generate(input: $input) { conversation { id } generation { id } }
}`;

const follow = 'subscription ($id: ID!) { generation(id: $id) { status } }';

const page = `query ($id: ID!, $before: String) {
  node(id: $id) {
    ... on Conversation {
      messages(last: ${pageSize}, before: $before) {
        edges { node { id role content createdAt } }
        pageInfo { startCursor }
      }
    }
  }
}`;

interface Page {
  readonly node: {
    readonly messages: {
      readonly edges: readonly unknown[];
      readonly pageInfo: { readonly startCursor: string | null };
    };
  };
}

interface Started {
  readonly generate: {
    readonly conversation: { readonly id: string };
    readonly generation: { readonly id: string };
  };
}

/** Runs an operation that has one result. */
const ask = async <Data>(
  socket: SocketClient,
  query: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<Data> => {
  let found: Data | null = null;
  await socket.run(query, variables, ({ data, errors }) => {
    if (errors) throw new Error(JSON.stringify(errors));
    found = data as Data;
  });
  if (!found) throw new Error('There was no result.');
  return found;
};

/** Writes a conversation with `messages` messages, and returns its id. */
const writeConversation = async (socket: SocketClient, messages: number): Promise<string> => {
  let conversationId: string | null = null;
  for (let written = 0; written < messages; written += 2) {
    const prompt = formatScript({ tokens: 1, rate: 0, fault: 'none' }, String(written));
    const input = { prompt, ...(conversationId !== null && { conversationId }) };
    const started: Started = await ask<Started>(socket, generate, { input });
    conversationId = started.generate.conversation.id;
    await socket.run(follow, { id: started.generate.generation.id }, () => {});
  }
  return conversationId ?? '';
};

/** The conversations of each service, which all rounds read. */
const written = new WeakMap<Target['server'], Promise<{ readonly short: string; readonly long: string }>>();

/** Reads pages in the middle of a conversation, one after another. */
const readPages = async (socket: SocketClient, id: string, pages: number, messages: number) => {
  let before: string | null = null;
  // The same page each time: half of the conversation back, at most 40 pages.
  for (let back = 0; back < Math.min(40, messages / pageSize / 2); back += 1) {
    before = (await ask<Page>(socket, page, { id, before })).node.messages.pageInfo.startCursor;
  }
  const times: number[] = [];
  for (let index = 0; index < pages; index += 1) {
    const startedAt = performance.now();
    const found = await ask<Page>(socket, page, { id, before });
    times.push(performance.now() - startedAt);
    if (found.node.messages.edges.length === 0) throw new Error('A page has no messages.');
  }
  return latencyOf(times);
};

/** Measures a page of a long conversation beside one of a short conversation. */
export const pages: Scenario = {
  name: 'pages',
  title: `a page of ${pageSize} messages, of a short and of a long conversation`,
  ratioOf: null,
  targets: ({ services }) => services.filter(({ protocol }) => protocol === 'graphql'),
  async measure(bench, { server }): Promise<Figures> {
    const [short, long] = bench.isShort ? [100, 1_000] : [100, 10_000];
    const socket = await openSocket(server.url, server.token ?? '');
    try {
      const ids =
        written.get(server) ??
        (async () => ({
          short: await writeConversation(socket, short),
          long: await writeConversation(socket, long),
        }))();
      written.set(server, ids);
      const { short: shortId, long: longId } = await ids;
      const count = bench.isShort ? 100 : 300;
      await readPages(socket, shortId, count, short);
      const figures: Record<string, number> = {};
      const cpu: number[] = [];
      for (const [name, id, messages] of [
        ['short', shortId, short],
        ['long', longId, long],
      ] as const) {
        const before = cpuMs(server.pid);
        const { p50 } = await readPages(socket, id, count, messages);
        cpu.push((cpuMs(server.pid) - before) / count);
        figures[`of ${messages} p50, ms`] = p50;
        figures[`${name} CPU, ms`] = cpu.at(-1) ?? Number.NaN;
      }
      figures['CPU, long to short'] = (cpu[1] ?? Number.NaN) / (cpu[0] ?? Number.NaN);
      return figures;
    } finally {
      socket.close();
    }
  },
};
