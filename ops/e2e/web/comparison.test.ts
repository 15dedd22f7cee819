import type { Page } from 'playwright-core';
import { describeInChromium } from '../harness/browser.ts';
import { expectSoon } from '../harness/expectSoon.ts';
import { type ChatApp, focused, phone, startChatApp } from './chatApp.ts';

/** Each answer names its model; those of `slow` end when they are stopped. */
const namesItself = (slow: readonly string[] = []) => ({
  chat: ({ model }: Readonly<Record<string, unknown>>) => ({
    tokens: [
      `I am ${model}. `,
      ...Array.from({ length: slow.includes(String(model)) ? 4000 : 3 }, () => 'more '),
    ],
    tokensPerSecond: 20,
  }),
});

const both = ['other:1b', 'stand-in:latest'];

describeInChromium('one prompt in several models, in Chromium', () => {
  let app: ChatApp;
  let page: Page;
  beforeAll(async () => {
    app = await startChatApp({ OLLAMA_NUM_PARALLEL: '4' });
  }, 90_000);
  afterAll(() => app?.close(), 60_000);
  afterEach(() => page.context().close());

  const field = () => page.getByRole('textbox', { name: 'Message', exact: true });
  const lane = (model: string) => page.getByRole('article', { name: `Answer of ${model}` });
  const chooseBoth = async () => {
    await page.getByRole('button', { name: 'Compare models' }).press('Enter');
    for (const model of both) await page.getByRole('menuitemcheckbox', { name: model }).press('Enter');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Comparing 2 models' }).waitFor();
  };
  const ask = async (text: string) => {
    await field().fill(text);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/chat\/.+/);
  };
  const finished = async (model: string) =>
    lane(model)
      .getByRole('button', { name: `Continue with ${model}` })
      .waitFor();

  it('answers side by side, survives a reload, and continues with the picked answer', async () => {
    app.play(namesItself());
    page = await app.open();
    await chooseBoth();
    await ask('Who are you?');
    for (const model of both) {
      await finished(model);
      await lane(model).getByText(`I am ${model}.`).waitFor();
    }
    const boxes = await Promise.all(both.map((model) => lane(model).boundingBox()));
    expect(boxes[0]?.y).toBe(boxes[1]?.y);
    expect(
      app.engine.chats
        .slice(-2)
        .map(({ model }) => model)
        .sort(),
    ).toEqual(both);
    const asked = app.engine.chats.length;
    await page.reload();
    for (const model of both) await lane(model).getByText(`I am ${model}.`).waitFor();
    await page.getByRole('button', { name: `Continue with ${both[0]}` }).press('Enter');
    await page.getByRole('region', { name: 'Answers side by side' }).waitFor({ state: 'detached' });
    await expectSoon(() => focused(page)).toBe('textarea Message');
    await page.getByRole('button', { name: `Model: ${both[0]}` }).waitFor();
    await page.getByRole('article', { name: 'Answer' }).getByText(`I am ${both[0]}.`).waitFor();
    expect(app.engine.chats).toHaveLength(asked);
    await ask('And then?');
    await page.getByRole('article', { name: 'You' }).filter({ hasText: 'And then?' }).waitFor();
    await page.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached' });
    expect(app.engine.chats.at(-1)).toMatchObject({ model: both[0] });
    expect(JSON.stringify(app.engine.chats.at(-1)?.messages)).toContain(`I am ${both[0]}.`);
    expect(JSON.stringify(app.engine.chats.at(-1)?.messages)).not.toContain(`I am ${both[1]}.`);
  }, 90_000);

  it('stops one answer and leaves the other running', async () => {
    app.play(namesItself(both));
    page = await app.open();
    await chooseBoth();
    await ask('Count slowly.');
    for (const model of both) await lane(model).getByText(`I am ${model}.`).waitFor();
    await page.getByRole('button', { name: `Stop ${both[1]}` }).press('Enter');
    await lane(both[1] ?? '')
      .getByText('Stopped.')
      .waitFor();
    await expectSoon(() => lane(both[0] ?? '').getAttribute('aria-busy')).toBe('true');
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await lane(both[0] ?? '')
      .getByText('Stopped.')
      .waitFor();
    for (const model of both) await finished(model);
  }, 90_000);

  it('keeps all answers as versions, which are shown side by side again on request', async () => {
    app.play(namesItself());
    page = await app.open();
    await chooseBoth();
    await ask('Keep both.');
    for (const model of both) await finished(model);
    await page.getByRole('button', { name: 'Show one' }).press('Enter');
    await page.getByRole('group', { name: 'Versions' }).getByText('/2').waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Show side by side' }).press('Enter');
    for (const model of both) await lane(model).getByText(`I am ${model}.`).waitFor();
  }, 90_000);

  it('is swiped through on a phone', async () => {
    app.play(namesItself());
    page = await app.open('/', phone);
    await chooseBoth();
    await field().fill('On a phone');
    await page.getByRole('button', { name: 'Send' }).tap();
    for (const model of both) await finished(model);
    const [first, second] = await Promise.all(both.map((model) => lane(model).boundingBox()));
    expect(first?.width).toBeGreaterThan(280);
    expect((first?.x ?? 0) + (first?.width ?? 0)).toBeLessThanOrEqual(390);
    expect(second?.x).toBeGreaterThan(first?.x ?? 0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  }, 90_000);
});

describeInChromium('a comparison at the running limit, in Chromium', () => {
  let app: ChatApp;
  beforeAll(async () => {
    app = await startChatApp({ RUNNING_LIMIT: '2', OLLAMA_NUM_PARALLEL: '4' });
  }, 90_000);
  afterAll(() => app?.close(), 60_000);

  it('says why an answer is refused, and asks again when another one ends', async () => {
    const models = ['a:1b', 'b:1b', 'c:1b', 'd:1b', 'e:1b'];
    app.play({ models, ...namesItself(models) });
    const page = await app.open();
    const lane = (model: string) => page.getByRole('article', { name: `Answer of ${model}` });
    const waits = (model: string) =>
      lane(model).getByText('This model is asked when one of the other answers ends.').waitFor();
    const answers = (model: string) => lane(model).getByText(`I am ${model}.`).waitFor();
    await page.getByRole('button', { name: 'Compare models' }).press('Enter');
    for (const model of models.slice(0, 4))
      await page.getByRole('menuitemcheckbox', { name: model }).press('Enter');
    const fifth = page.getByRole('menuitemcheckbox', { name: 'e:1b' });
    await expectSoon(() => fifth.getAttribute('aria-disabled')).toBe('true');
    await page.keyboard.press('Escape');
    await page.getByRole('textbox', { name: 'Message', exact: true }).fill('Two at a time');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/chat\/.+/);
    await answers('a:1b');
    await answers('b:1b');
    await waits('c:1b');
    await waits('d:1b');
    await page.getByRole('button', { name: 'Stop a:1b' }).press('Enter');
    await answers('c:1b');
    await waits('d:1b');
    await page.reload();
    await answers('b:1b');
    await page.getByRole('button', { name: 'Stop b:1b' }).press('Enter');
    await lane('b:1b').getByText('Stopped.').waitFor();
    await answers('d:1b');
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    for (const model of ['c:1b', 'd:1b']) await lane(model).getByText('Stopped.').waitFor();
    expect(app.engine.chats.map(({ model }) => model)).toEqual(models.slice(0, 4));

    // Stopping all answers also stops the ones that wait.
    await page.getByRole('textbox', { name: 'Message', exact: true }).fill('Again');
    await page.keyboard.press('Enter');
    await page.getByRole('article', { name: 'You' }).filter({ hasText: 'Again' }).waitFor();
    await answers('a:1b');
    await answers('b:1b');
    await waits('d:1b');
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    for (const model of ['a:1b', 'b:1b']) await lane(model).getByText('Stopped.').waitFor();
    for (const model of ['c:1b', 'd:1b']) await lane(model).getByRole('button', { name: 'Ask' }).waitFor();
    expect(app.engine.chats).toHaveLength(6);
    await lane('c:1b').getByRole('button', { name: 'Ask' }).press('Enter');
    await answers('c:1b');
    await page.context().close();
  }, 90_000);

  it('cancels an answer that starts after all were stopped', async () => {
    const models = ['a:1b', 'b:1b'];
    app.play({ models, ...namesItself(models) });
    const page = await app.open();
    await page.getByRole('button', { name: 'Compare models' }).press('Enter');
    for (const model of models) await page.getByRole('menuitemcheckbox', { name: model }).press('Enter');
    await page.keyboard.press('Escape');
    const asked = Promise.withResolvers<() => void>();
    await page.route('**/graphql', (route) => {
      const isLate = route.request().postData()?.includes('useAskLanesMutation');
      if (isLate) asked.resolve(() => void route.continue());
      else void route.fallback();
    });
    await page.getByRole('textbox', { name: 'Message', exact: true }).fill('Stop before the second');
    await page.keyboard.press('Enter');
    const goOn = await asked.promise;
    const lane = (model: string) => page.getByRole('article', { name: `Answer of ${model}` });
    await lane('a:1b').getByText('I am a:1b.').waitFor();
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await lane('a:1b').getByText('Stopped.').waitFor();
    goOn();
    await lane('b:1b').getByText('Stopped.').waitFor();
    await page.context().close();
  }, 90_000);
});
