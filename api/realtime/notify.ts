import type { Logger } from 'pino';
import type { Bus } from './bus.ts';
import type { Topic } from './topic.ts';

/**
 * Publishes a change that is stored already. Never rejects: the change is done even if the bus is unavailable, and listeners
 * learn after the outage that they may have missed messages.
 */
export const notify = async <Payload>(
  { bus, log }: { readonly bus: Bus; readonly log: Logger },
  topic: Topic<Payload>,
  key: string,
  payload: Payload,
): Promise<void> => {
  try {
    await bus.publish(topic, key, payload);
  } catch (error) {
    log.warn({ topic: topic.name, err: error }, 'bus: change not published');
  }
};
