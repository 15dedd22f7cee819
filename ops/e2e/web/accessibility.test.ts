import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describeInChromium } from '../harness/browser.ts';
import { startTour, type Tour, type View, views } from '../tour/views.ts';
import { type Word, wordsOf } from '../tour/words.ts';
import { phone } from './chatApp.ts';

/** What we can't mend, because it is inside of a library, and what isn't a defect. */
const exceptions = (view: View): readonly string[] => [
  // The tabs of GraphiQL have their own button to close them.
  ...(view.name === 'graphiql' ? ['nested-interactive'] : []),
  // A menu belongs to no part of the page: the button that opened it names it.
  ...(view.opensMenu ? ['region'] : []),
];

/** Returns what axe finds on the page: the rule, the element, and the reason. */
const findings = async (page: Page, view: View): Promise<readonly string[]> => {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  return page.evaluate(async (rules) => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, {
      resultTypes: ['violations'],
      rules: Object.fromEntries(rules.map((rule) => [rule, { enabled: false }])),
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
    );
  }, exceptions(view));
};

describeInChromium('every page, menu and dialog, in Chromium', () => {
  let tour: Tour;
  let word: Word;
  beforeAll(async () => {
    [tour, word] = await Promise.all([startTour(), wordsOf('en')]);
  }, 90_000);
  afterAll(() => tour?.close(), 60_000);

  it.each(views.map((view) => [view.name, view] as const))(
    '%s is accessible in both themes, on a phone too',
    async (_name, view) => {
      const inLight = async () => findings(await tour.open(view, word, { colorScheme: 'light' }), view);
      const inDark = async () => {
        const page = await tour.open(view, word, { colorScheme: 'dark' });
        const wide = await findings(page, view);
        await page.setViewportSize(phone.viewport);
        return { wide, onPhone: await findings(page, view) };
      };
      const [light, dark] = await Promise.all([inLight(), inDark()]);
      expect({ light, dark }).toEqual({ light: [], dark: { wide: [], onPhone: [] } });
    },
    60_000,
  );

  it('without a session follows the theme of the system', async () => {
    const page = await tour.app.open('/login', {
      colorScheme: 'light',
      storageState: { cookies: [], origins: [] },
    });
    await page.getByLabel('Username').waitFor();
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.waitForFunction(() => document.documentElement.classList.contains('dark'));
    await page.context().close();
  }, 30_000);
});
