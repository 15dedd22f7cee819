import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './client.ts';

/** Reads to the end like a program that never gives up: whatever breaks, it comes back with its cursor. */
export const readToTheEnd = async (clients: () => Client, id: string, patienceMs = 90_000) => {
  const giveUpAt = Date.now() + patienceMs;
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
    if (Date.now() > giveUpAt) throw new Error(`still not at its end, with ${text.length} characters`);
    await sleep(100);
  }
};
