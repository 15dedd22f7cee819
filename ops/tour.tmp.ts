import { mkdir } from 'node:fs/promises';
import axe from 'axe-core';
import { startTour, views } from './e2e/tour/views.ts';
import { wordsOf } from './e2e/tour/words.ts';
const tour = await startTour();
const word = await wordsOf(process.env.LANGUAGE_OF_TOUR ?? 'en');
await mkdir('/tmp/shots', { recursive: true });
// biome-ignore lint: temporary
const only = process.argv[2] ? new RegExp(process.argv[2]) : /./;
for (const view of views) {
  if (!only.test(view.name)) continue;
  try {
    const page = await tour.open(view, word, { colorScheme: (process.argv[3] ?? 'light') as 'light', ...(process.argv[4] ? { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } : {}) });
    await page.screenshot({ path: `/tmp/shots/${view.name}.png` });
    await page.evaluate(axe.source);
    const found = await page.evaluate(async () => {
      const { violations } = await (window as any).axe.run(document, { resultTypes: ['violations'] });
      return violations.map(({ id, nodes }: any) => `${id} x${nodes.length}: ${nodes.slice(0,2).map((n: any) => n.target.join(' ') + ' :: ' + n.failureSummary.split('\n').slice(1,2)).join(' | ').slice(0, 300)}`);
    });
    console.log(view.name, found.length ? found : 'ok');
    await page.context().close();
  } catch (error) { console.log(view.name, 'ERR', String((error as Error).cause ?? error).slice(0, 300)); }
}
await tour.close();
process.exit(0);
