import type { Page } from 'playwright-core';
import { describeInChromium } from '../harness/browser.ts';
import { expectSoon } from '../harness/expectSoon.ts';
import { startTour, type Tour, views } from '../tour/views.ts';
import { type Word, wordsOf } from '../tour/words.ts';
import { phone } from './chatApp.ts';

/** Names, units, keys and code that are the same in every language, and what the content of the tour is made of. */
const unchanged = new RegExp(
  `^(${[
    'Ziggie|Docker|Markdown|JSON|CSV|REST|GraphiQL|Top P|Top K|Ctrl \\+ Enter|llama3\\.2|llama · Q4_0',
    '.*HeadlessChrome.*|node|ts|admin|ypsilon|psi|phi|nu|Tau|Alpha|Omikron|Iota\\.|Pi\\?.*|[\\w-]+:(1b|latest)',
  ].join('|')})$`,
);

interface Shown {
  readonly direction: string;
  /** The width by which the page is wider than the screen, in pixels. */
  readonly overflow: number;
  /** What a person sees or hears, outside of what people and models wrote. */
  readonly texts: readonly string[];
}

const read = (page: Page): Promise<Shown> =>
  page.evaluate(() => {
    const content =
      'code, pre, bdi, kbd, [dir="auto"], [dir="ltr"], [lang]:not(html), script, style, noscript, .katex';
    const texts = new Set<string>();
    const add = (text: string | null | undefined) => text?.trim() && texts.add(text.trim());
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      if (!walker.currentNode.parentElement?.closest(content)) add(walker.currentNode.textContent);
    }
    for (const element of document.querySelectorAll('*')) {
      for (const name of ['aria-label', 'title', 'placeholder', 'alt']) add(element.getAttribute(name));
    }
    return {
      direction: document.documentElement.dir,
      overflow: document.documentElement.scrollWidth - window.innerWidth,
      texts: [...texts],
    };
  });

/** Returns the texts that have Latin letters only. */
const untranslated = (texts: readonly string[]): readonly string[] =>
  texts.filter(
    (text) => /\p{Script=Latin}{2}/u.test(text) && !/\p{Script=Arabic}/u.test(text) && !unchanged.test(text),
  );

const own = views.filter(({ isForeign }) => !isForeign).map((view) => [view.name, view] as const);

describeInChromium('every page, menu and dialog in another language, in Chromium', () => {
  let tour: Tour;
  let arabic: Word;
  let german: Word;
  beforeAll(async () => {
    [tour, arabic, german] = await Promise.all([startTour(), wordsOf('ar'), wordsOf('de')]);
  }, 90_000);
  afterAll(() => tour?.close(), 60_000);

  it.each(own)(
    '%s is in Arabic, from right to left, and fits a phone, in German too',
    async (_name, view) => {
      const inArabic = async () => {
        const page = await tour.open(view, arabic, { locale: 'ar-EG' });
        const shown = await read(page);
        await page.setViewportSize(phone.viewport);
        return [shown, await read(page)] as const;
      };
      const onGermanPhone = async () => {
        const page = await tour.open(view, german, { locale: 'de-DE' });
        await page.setViewportSize(phone.viewport);
        return read(page);
      };
      const [[wide, narrow], inGerman] = await Promise.all([inArabic(), onGermanPhone()]);
      expect(untranslated([...wide.texts, ...narrow.texts])).toEqual([]);
      expect([wide, narrow, inGerman].map(({ direction }) => direction)).toEqual(['rtl', 'rtl', 'ltr']);
      expect([wide, narrow, inGerman].map(({ overflow }) => overflow)).toEqual([0, 0, 0]);
    },
    60_000,
  );

  it('can be chosen by keyboard, is kept, and is seen in other tabs at once', async () => {
    const page = await tour.app.open('/settings');
    const other = await page.context().newPage();
    await other.goto(`${tour.app.server.url}/models`);
    await other.getByRole('heading', { name: 'Models' }).waitFor();
    await page.getByLabel('Language').selectOption('de');
    await page.getByRole('heading', { name: german('Settings') }).waitFor();
    await other.getByRole('heading', { name: german('Models') }).waitFor();
    await expectSoon(() => page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe(
      'language',
    );
    await page.reload();
    await page.getByRole('heading', { name: german('Settings') }).waitFor();
    await expectSoon(() => page.evaluate(() => document.documentElement.lang)).toBe('de');
    await page.context().close();
  }, 60_000);
});
