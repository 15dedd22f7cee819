import { randomUUID } from 'node:crypto';
import { formatScript } from '../servers/script.ts';
import type { Command, Load, LoadResult, Report } from './load.ts';
import { createSequence, type Faults, noFaults, nowUs, type Token } from './sequence.ts';
import { openSocket, type SocketClient } from './socketClient.ts';
import { latencyOf } from './statistics.ts';
import {
  followGeneration,
  overGraphQL,
  overHttp,
  overStock,
  type ReadStream,
  startGeneration,
  startStock,
} from './streams.ts';

/** The clients of a benchmark, in a process of their own. The parent sends commands, and gets reports. */
const report = (message: Report) => void process.send?.(message);

let tokensInWindow = 0;
let latencies: number[] = [];

const addFaults = (sum: Faults, { lost, doubled, misordered, garbled }: Faults) => {
  sum.lost += lost;
  sum.doubled += doubled;
  sum.misordered += misordered;
  sum.garbled += garbled;
};

/** Opens the sockets, and returns a reader per stream that runs at once. */
const openReaders = async (load: Load): Promise<{ sockets: SocketClient[]; readers: ReadStream[] }> => {
  const { protocol, url, token, concurrency } = load;
  if (protocol === 'pipe' || protocol === 'ollama' || protocol === 'openai') {
    const read = overHttp(load, protocol);
    return { sockets: [], readers: Array.from({ length: concurrency }, () => read) };
  }
  const sockets: SocketClient[] = [];
  while (sockets.length < concurrency) {
    const batch = Math.min(20, concurrency - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: batch }, () => openSocket(url, token)))));
  }
  const prompt = formatScript(load, randomUUID());
  if (!load.isShared) {
    const overSocket = (socket: SocketClient) =>
      protocol === 'graphql' ? overGraphQL(socket) : overStock(socket, 'answer');
    return { sockets, readers: sockets.map(overSocket) };
  }
  const [first] = sockets;
  if (!first) throw new RangeError('a load needs a stream');
  if (protocol === 'stock') {
    setTimeout(() => startStock(first, prompt), 1000);
    return {
      sockets,
      readers: sockets.map((socket) => (_own, onText) => overStock(socket, 'shared')(prompt, onText)),
    };
  }
  const id = startGeneration(first, prompt);
  return {
    sockets,
    readers: sockets.map((socket) => async (_own, onText) => followGeneration(socket, await id, onText)),
  };
};

const run = async (load: Load): Promise<LoadResult> => {
  const { sockets, readers } = await openReaders(load);
  const faults = noFaults();
  const firstMs: number[] = [];
  const errors = new Set<string>();
  let tokens = 0;
  let started = 0;
  let flowing = 0;

  const runOne = async (read: ReadStream): Promise<void> => {
    const order = started;
    started += 1;
    let startedAtUs = 0;
    const onToken = ({ index, sentAtUs }: Token) => {
      const receivedAtUs = nowUs();
      tokens += 1;
      tokensInWindow += 1;
      latencies.push((receivedAtUs - sentAtUs) / 1000);
      if (index > 0 && firstMs[order] !== undefined) return;
      firstMs[order] ??= (receivedAtUs - startedAtUs) / 1000;
      flowing += 1;
      if (flowing === load.concurrency) report({ type: 'flowing' });
    };
    const sequence = createSequence(load.tokens, onToken);
    startedAtUs = nowUs();
    try {
      await read(formatScript(load, randomUUID()), (text) => sequence.push(text));
    } catch (error) {
      errors.add(error instanceof Error ? error.message : String(error));
    }
    sequence.end();
    addFaults(faults, sequence.faults);
  };

  const runSome = async (read: ReadStream, index: number) => {
    // Streams that run on a clock would otherwise send all their tokens at the same moments.
    if (load.rate > 0) await new Promise((resolve) => setTimeout(resolve, (index % 100) * 10));
    while (started < load.streams) await runOne(read);
  };
  await Promise.all(readers.map(runSome));
  for (const socket of sockets) socket.close();
  return { tokens, faults, firstMs, errors: [...errors] };
};

const openIdle = async (url: string, token: string, sockets: number): Promise<void> => {
  for (let opened = 0; opened < sockets; opened += 1) {
    const socket = await openSocket(url, token);
    socket
      .run('subscription { conversationChanged { kind } }', {}, () => {})
      .catch((error: unknown) => {
        process.stderr.write(`idle socket: ${String(error)}\n`);
        process.exit(1);
      });
  }
};

process.on('message', (command: Command) => {
  switch (command.type) {
    case 'run':
      void run(command.load).then((result) => report({ type: 'ended', result }));
      break;
    case 'mark':
      tokensInWindow = 0;
      latencies = [];
      break;
    case 'read':
      report({ type: 'window', window: { tokens: tokensInWindow, latency: latencyOf(latencies) } });
      break;
    case 'idle':
      void openIdle(command.url, command.token, command.sockets).then(() => report({ type: 'subscribed' }));
  }
});
process.on('disconnect', () => process.exit());
report({ type: 'listening' });
