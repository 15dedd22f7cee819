import type { MongoClient } from 'mongodb';
import type { Logger } from 'pino';
import { reasonOf } from './errors.ts';

/**
 * Logs one line when MongoDB becomes unavailable, and one when it is available again. A writable server counts as
 * available only if `isPrepared`; before that, the caller that prepares it calls `reportUp`.
 */
export const logAvailability = (
  client: MongoClient,
  where: string,
  log: Logger,
  isPrepared: () => boolean,
) => {
  let isDown = false;
  const reportDown = (reason: string) => {
    if (!isDown) log.warn(`mongo: ${where} (MONGODB_URL) is unavailable, retrying: ${reason}`);
    isDown = true;
  };
  const reportUp = () => {
    if (isDown) log.info(`mongo: ${where} is available again`);
    isDown = false;
  };
  client.on('topologyDescriptionChanged', ({ newDescription }) => {
    const servers = [...newDescription.servers.values()];
    const failed = servers.find((server) => server.error !== null);
    if (servers.some((server) => server.isWritable)) {
      if (isPrepared()) reportUp();
    } else if (failed?.error) reportDown(reasonOf(failed.error));
  });
  return { reportDown, reportUp, stop: () => client.removeAllListeners('topologyDescriptionChanged') };
};
