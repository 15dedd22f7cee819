import type { MongoClient } from 'mongodb';
import type { Logger } from 'pino';
import { reasonOf } from './errors.ts';

export interface Availability {
  /** MongoDB can't be used, in words. */
  away(reason: string): void;
  back(): void;
  end(): void;
}

/**
 * One line in the log when MongoDB goes, one when it is back. A server that can be written is back only where
 * `isPrepared`: until then whoever prepares it says so.
 */
export const logAvailability = (
  client: MongoClient,
  where: string,
  log: Logger,
  isPrepared: () => boolean,
): Availability => {
  let told = false;
  const away = (reason: string) => {
    if (!told) log.warn(`MONGODB_URL: MongoDB at ${where} can't be used (${reason}); trying again`);
    told = true;
  };
  const back = () => {
    if (told) log.info(`MongoDB at ${where} is back`);
    told = false;
  };
  client.on('topologyDescriptionChanged', ({ newDescription }) => {
    const servers = [...newDescription.servers.values()];
    const failed = servers.find((server) => server.error !== null);
    if (servers.some((server) => server.isWritable)) {
      if (isPrepared()) back();
    } else if (failed?.error) away(reasonOf(failed.error));
  });
  return { away, back, end: () => client.removeAllListeners('topologyDescriptionChanged') };
};
