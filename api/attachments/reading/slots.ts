import { serviceUnavailable } from '../../errors/failures.ts';
import type { DocumentReader, DocumentReaderOptions } from './reader.ts';

interface Waiting {
  readonly ownerId: string;
  readonly start: () => void;
}

/** Limits how many files are read at once. A free slot goes to the user with the fewest running, then to the first. */
export const createReadingSlots = ({
  threads = 2,
  maxWaiting = 20,
  maxWaitingOfOwner = 10,
}: Pick<DocumentReaderOptions, 'threads' | 'maxWaiting' | 'maxWaitingOfOwner'>): Pick<
  DocumentReader,
  'run'
> => {
  let running: string[] = [];
  let waiting: readonly Waiting[] = [];
  const runningOf = (ownerId: string) => running.filter((one) => one === ownerId).length;

  const acquire = async (ownerId: string, signal: AbortSignal): Promise<void> => {
    if (running.length < threads) {
      running.push(ownerId);
      return;
    }
    const own = waiting.filter((one) => one.ownerId === ownerId);
    if (own.length >= maxWaitingOfOwner || waiting.length >= maxWaiting) {
      throw serviceUnavailable('Too many files are being read. Attach this one again in a minute.');
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const entry: Waiting = { ownerId, start: resolve };
    const abort = () => {
      waiting = waiting.filter((one) => one !== entry);
      reject(signal.reason);
    };
    waiting = [...waiting, entry];
    signal.addEventListener('abort', abort);
    // The wait is bounded: each file before it ends within its time limit.
    await promise.finally(() => signal.removeEventListener('abort', abort));
  };

  const release = (ownerId: string): void => {
    running = running.toSpliced(running.indexOf(ownerId), 1);
    const [next] = waiting.toSorted((one, other) => runningOf(one.ownerId) - runningOf(other.ownerId));
    if (!next) return;
    waiting = waiting.filter((one) => one !== next);
    running.push(next.ownerId);
    next.start();
  };

  return {
    async run(ownerId, signal, task) {
      signal.throwIfAborted();
      await acquire(ownerId, signal);
      try {
        signal.throwIfAborted();
        return await task();
      } finally {
        release(ownerId);
      }
    },
  };
};
