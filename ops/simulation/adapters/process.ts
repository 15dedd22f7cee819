import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Viewer } from '../../../api/access/viewer.ts';
import { Failure, type FailureCode } from '../../../api/errors/failures.ts';
import type { Generations } from '../../../api/generations/service.ts';
import type { GenerationEvent } from '../../../api/generations/watch/watch.ts';
import type { TargetReplica } from '../commands.ts';
import type { EngineMode } from '../engine.ts';
import type { Server } from '../network.ts';
import type { ReadReplica } from '../reader.ts';
import type { Process } from '../scheduler.ts';
import type { ReplicaOptions, Reply } from './protocol.ts';
import type { NetworkProxy } from './proxy.ts';

const program = fileURLToPath(new URL('replica.ts', import.meta.url));

/** A replica in its own process, and the proxies to its servers. */
export interface ReplicaProcess extends TargetReplica, ReadReplica {
  readonly process: Process;
  readonly link: { readonly down: Set<Server> };
  readonly generations: TargetReplica['generations'] & ReadReplica['generations'];
  readonly proxies: { readonly store: NetworkProxy; readonly redis: NetworkProxy };
  /** Resolves when it serves requests. Rejects if it exits before. */
  readonly ready: Promise<void>;
  /** Resolves to its exit code; null if a signal ended it. */
  readonly exited: Promise<number | null>;
  setMode(mode: EngineMode): void;
  /** Returns the number of its subscriptions to the journal and the bus. */
  listeners(): Promise<number>;
  stop(): Promise<void>;
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void;
}

export interface ReplicaProcessDeps {
  readonly name: string;
  readonly options: ReplicaOptions;
  readonly proxies: ReplicaProcess['proxies'];
  readonly observe: (reply: Extract<Reply, { kind: 'completed' | 'usage' }>) => void;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export const startReplicaProcess = ({
  name,
  options,
  proxies,
  observe,
}: ReplicaProcessDeps): ReplicaProcess => {
  const child: ChildProcess = fork(program, [JSON.stringify(options)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    serialization: 'advanced',
  });
  const calls = new Map<number, Waiting>();
  const [ready, exited] = [Promise.withResolvers<void>(), Promise.withResolvers<number | null>()];
  let lastCall = 0;
  let lastStream = 0;

  const rejectAll = () => {
    for (const { reject } of calls.values())
      reject(new Failure('SERVICE_UNAVAILABLE', `${name} has exited.`));
    calls.clear();
  };
  ready.promise.catch(() => {});
  child.on('exit', (code) => {
    ready.reject(new Error(`${name} exited with ${code} before it was ready`));
    exited.resolve(code);
    rejectAll();
  });
  child.on('error', rejectAll);
  child.on('message', (reply: Reply) => {
    if (reply.kind === 'ready') ready.resolve();
    else if (reply.kind === 'completed' || reply.kind === 'usage') observe(reply);
    else {
      const call = calls.get(reply.id);
      calls.delete(reply.id);
      if (reply.kind === 'result') call?.resolve(reply.value);
      else if (reply.code === null) call?.reject(new Error(reply.message));
      else call?.reject(new Failure(reply.code as FailureCode, reply.message));
    }
  });

  const call = async <Result>(method: string, ...args: readonly unknown[]): Promise<Result> => {
    await ready.promise;
    lastCall += 1;
    const id = lastCall;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    calls.set(id, { resolve, reject });
    if (!child.connected) rejectAll();
    else child.send({ id, method, args }, (error) => error && rejectAll());
    return (await promise) as Result;
  };

  async function* watch(
    viewer: Viewer,
    { id, after }: Parameters<Generations['watch']>[1],
    signal: AbortSignal,
  ): AsyncGenerator<GenerationEvent, void, undefined> {
    lastStream += 1;
    const key = lastStream;
    const stop = () => void call('unwatch', key).catch(() => {});
    signal.addEventListener('abort', stop, { once: true });
    try {
      await call('watch', key, viewer, { id, after });
      for (;;) {
        const next = await call<IteratorResult<GenerationEvent, undefined>>('next', key);
        if (next.done) return;
        yield next.value;
      }
    } finally {
      signal.removeEventListener('abort', stop);
      stop();
    }
  }

  return {
    process: { name, state: 'running', isDisturbed: false, held: [] },
    link: { down: new Set() },
    proxies,
    ready: ready.promise,
    exited: exited.promise,
    generations: {
      generate: (...args) => call('generate', ...args),
      regenerate: (...args) => call('regenerate', ...args),
      continue: (...args) => call('continue', ...args),
      cancel: (...args) => call('cancel', ...args),
      async complete(...args) {
        const { id, text } = await call<{ id: string; text: string }>('complete', ...args);
        return { generation: { id }, whole: async () => ({ text }) };
      },
      watch,
    },
    deleteConversation: (viewer, id) => call('deleteConversation', viewer, id),
    deleteUser: (user) => call('deleteUser', user),
    setMode: (mode) => void call('mode', mode).catch(() => {}),
    listeners: () => call('listeners'),
    stop: () => call('stop'),
    signal: (signal) => void child.kill(signal),
  };
};
