import { applyDefect } from '../defects.ts';
import type { Call, ReplicaOptions, Reply, UsageStep } from './protocol.ts';

/**
 * One replica in its own process: the real services on the Redis and MongoDB adapters, with the simulated engine. Its parent
 * calls it over IPC (`process.ts`), and pauses and kills it.
 */
const options = JSON.parse(process.argv[2] ?? '{}') as ReplicaOptions;
if (options.defect !== null) applyDefect(options.defect);

const { serve } = await import('./serve.ts');
const send = (reply: Reply) => {
  // After `stop`, calls that end later have no one to reply to.
  if (process.connected) process.send?.(reply);
};

const methods = await serve(options, {
  completed: (text) => send({ kind: 'completed', text }),
  usage: (step: UsageStep, generationId: string, attempt: number) =>
    send({ kind: 'usage', step, generationId, attempt }),
});

let hasStopped = false;
// The parent has died.
process.on('disconnect', () => {
  if (!hasStopped) process.exit(1);
});

process.on('message', ({ id, method, args }: Call) => {
  const call = methods[method];
  const done = call ? call(...args) : Promise.reject(new Error(`There is no method "${method}".`));
  done.then(
    (value) => {
      send({ kind: 'result', id, value });
      if (method !== 'stop') return;
      // Without the channel, only what `stop` has left open keeps the process alive.
      hasStopped = true;
      process.disconnect();
    },
    (error: { readonly code?: unknown; readonly stack?: string; readonly message?: string }) =>
      send({
        kind: 'error',
        id,
        code: typeof error.code === 'string' ? error.code : null,
        message: `${typeof error.code === 'string' ? error.message : (error.stack ?? error)}`,
      }),
  );
});
send({ kind: 'ready' });
