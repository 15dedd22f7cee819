import { writeSync } from 'node:fs';
import type { AttackOptions } from './attack.ts';
import { connectionFloods } from './floods/connections.ts';
import { documentFloods } from './floods/documents.ts';
import { socketFloods } from './floods/sockets.ts';
import { streamFloods } from './floods/streams.ts';
import { writeFloods } from './floods/writes.ts';

/**
 * An attacker in its own process: `node main.ts FLOOD SECONDS`, with `AttackOptions` as JSON in the variable ATTACK. Ends
 * after the time, and prints what it counted as JSON.
 */
const [name = '', seconds = '1'] = process.argv.slice(2);
const options: AttackOptions = JSON.parse(process.env.ATTACK ?? '{}');

const floods = { ...connectionFloods, ...documentFloods, ...socketFloods, ...streamFloods, ...writeFloods };
const flood = floods[name];
if (!flood) throw new RangeError(`no flood is named "${name}"`);

const counts = new Map<string, number>();
const signal = AbortSignal.timeout(Number(seconds) * 1000);
signal.addEventListener('abort', () => {
  writeSync(1, JSON.stringify(Object.fromEntries([...counts].sort())));
  // Its connections end like those of an attacker that disappears.
  process.exit(0);
});
// The test has ended early.
process.on('disconnect', () => process.exit(0));
process.send?.('started');
await flood({
  ...options,
  signal,
  count: (event, by = 1) => counts.set(event, (counts.get(event) ?? 0) + by),
});
