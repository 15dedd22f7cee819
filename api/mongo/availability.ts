import type { MongoClient, TopologyDescriptionChangedEvent } from 'mongodb';
import type { Logger } from 'pino';
import { reasonOf } from './errors.ts';

/**
 * Logs one line when MongoDB becomes unavailable, and one when it is available again. A writable server counts as
 * available only if `isPrepared`; before that, the caller that prepares it calls `reportUp`.
 */
export const logAvailability = (log: Logger, isPrepared: () => boolean) => {
  let where = '';
  let isDown = false;
  const reportDown = (reason: string) => {
    if (!isDown) log.warn(`mongo: ${where} (MONGODB_URL) is unavailable, retrying: ${reason}`);
    isDown = true;
  };
  const reportUp = () => {
    if (isDown) log.info(`mongo: ${where} is available again`);
    isDown = false;
  };
  return {
    reportDown,
    reportUp,
    /** Reports changes of this client's servers from now on. The result stops that. */
    watch(client: MongoClient, hosts: string): () => void {
      where = hosts;
      const onChange = ({ newDescription }: TopologyDescriptionChangedEvent) => {
        const servers = [...newDescription.servers.values()];
        const failed = servers.find((server) => server.error !== null);
        if (servers.some((server) => server.isWritable)) {
          if (isPrepared()) reportUp();
        } else if (failed?.error) reportDown(reasonOf(failed.error));
      };
      client.on('topologyDescriptionChanged', onChange);
      return () => client.removeListener('topologyDescriptionChanged', onChange);
    },
  };
};
