import type { Logger } from 'pino';
import type { Bus } from './bus.ts';
import type { Topic } from './topic.ts';

/**
 * Tells others of what is done and stored already. That the bus is away is no reason to call it undone: who listens is
 * told, when it is back, that something may have been missed. Never rejects.
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
    log.warn({ topic: topic.name, err: error }, 'a change could not be announced');
  }
};
