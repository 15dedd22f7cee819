import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './client.ts';

/** Resolves when a generation has begun its answer. */
export const hasText = async (client: Client, id: string): Promise<void> => {
  for await (const { cursor } of client.watch(id)) if (cursor > 0) return;
  throw new Error('the generation has ended without a text');
};

/** Reads a generation to its end. After any error it subscribes again with its cursor, until the timeout. */
export const readToTheEnd = async (clients: () => Client, id: string, timeoutMs = 90_000) => {
  const giveUpAt = Date.now() + timeoutMs;
  let text = '';
  let cursor = 0;
  let attempt = 0;
  for (;;) {
    try {
      for await (const event of clients().watch(id, cursor)) {
        text = text.slice(0, event.offset) + event.delta;
        cursor = event.cursor;
        attempt = event.attempt;
        if (!['QUEUED', 'RUNNING'].includes(event.status)) return { text, status: event.status, attempt };
      }
    } catch (error) {
      if (Date.now() > giveUpAt) throw error;
    }
    if (Date.now() > giveUpAt)
      throw new Error(`the generation has not ended, after ${text.length} characters`);
    await sleep(100);
  }
};
