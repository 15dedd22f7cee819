import { measureFanOut } from './fanOut.ts';
import { measureFirstToken } from './firstToken.ts';
import { openBench } from './open.ts';

const short = process.argv.includes('--short');
const ms = (value: number) => `${value.toFixed(1)} ms`;

const bench = await openBench();
try {
  const { message } = await bench.engine.health();
  process.stdout.write(`${message}\n\nTime to the first token, ${short ? 8 : 40} pairs, medians\n`);
  const first = await measureFirstToken(bench, short ? 8 : 40);
  process.stdout.write(`  engine, directly     ${ms(first.directMs)}\n`);
  process.stdout.write(`  through the service  ${ms(first.throughMs)}\n`);
  process.stdout.write(`  added, per pair      ${ms(first.addedMs)}\n\n`);

  const fanOut = await measureFanOut(bench, short ? 10 : 50, short ? 1 : 5);
  process.stdout.write(`One answer, ${fanOut.readers} readers, each with its own socket\n`);
  process.stdout.write(`  duration / one reader's ${fanOut.slowdown.toFixed(2)}\n`);
  process.stdout.write(`  first to last reader    ${ms(fanOut.spreadMs)}\n`);
} finally {
  await bench.close();
}
