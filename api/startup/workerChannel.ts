import type { Siblings } from '../process/siblings.ts';
import type { ToPrimary, ToWorker } from './workerMessages.ts';

/** How long the replies of the other workers may take, in ms: longer than the primary waits for them. */
const repliesMs = 2500;

export interface WorkerChannel extends Siblings {
  /** Passes the banner on, which the primary prints once for all workers. */
  started(text: string, isNewAdmin: boolean): void;
  /** Passes a later line on. */
  line(text: string): void;
}

/** Creates the worker's side of the channel to the primary process. */
export const createWorkerChannel = (): WorkerChannel => {
  let read: () => Promise<unknown> = async () => null;
  let requests = 0;
  const waiting = new Map<number, (values: readonly unknown[]) => void>();

  // A primary that was killed closes the channel, which ends this process.
  const send = (message: ToPrimary) => process.send?.(message, undefined, undefined, () => {});

  process.on('message', async (message: ToWorker) => {
    if (message.type === 'replies') waiting.get(message.request)?.(message.values);
    if (message.type !== 'read') return;
    const value = await read().catch(() => null);
    send({ type: 'reply', request: message.request, value });
  });

  return {
    started: (text, isNewAdmin) => send({ type: 'started', text, isNewAdmin }),
    line: (text) => send({ type: 'line', text }),
    onRead(given) {
      read = given;
    },
    async readAll() {
      requests += 1;
      const request = requests;
      const { promise, resolve } = Promise.withResolvers<readonly unknown[]>();
      waiting.set(request, resolve);
      const timer = setTimeout(() => resolve([]), repliesMs);
      send({ type: 'readAll', request });
      try {
        return await promise;
      } finally {
        clearTimeout(timer);
        waiting.delete(request);
      }
    },
  };
};
