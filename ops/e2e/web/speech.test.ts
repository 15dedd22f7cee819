import type { Page } from 'playwright-core';
import { describeInChromium } from '../harness/browser.ts';
import { expectSoon } from '../harness/expectSoon.ts';
import { type ChatApp, startChatApp } from './chatApp.ts';

/** Chromium on a server has neither voices nor a recognition service: these stand for them, in the page. */
const standIns = () => {
  const spoken: string[] = [];
  let current: SpeechSynthesisUtterance | null = null;
  Object.defineProperty(window, 'speechSynthesis', {
    value: Object.assign(new EventTarget(), {
      getVoices: () => [{ name: 'A voice' }],
      speak(utterance: SpeechSynthesisUtterance) {
        spoken.push(utterance.text);
        current = utterance;
      },
      cancel() {
        current = null;
      },
    }),
  });
  class Recognition {
    onresult: ((event: object) => void) | null = null;
    onerror: ((event: object) => void) | null = null;
    onend: (() => void) | null = null;
    start() {
      Object.assign(window, {
        say: (transcript: string) =>
          this.onresult?.({ resultIndex: 0, results: [Object.assign([{ transcript }], { isFinal: true })] }),
        fail: (error: string) => {
          this.onerror?.({ error });
          this.onend?.();
        },
      });
    }
    stop() {
      this.onend?.();
    }
    abort() {
      this.onend?.();
    }
  }
  Object.defineProperty(window, 'SpeechRecognition', { value: Recognition, configurable: true });
  Object.assign(window, {
    spoken,
    finishPart: () => current?.dispatchEvent(new Event('end')),
    isSpeaking: () => current !== null,
  });
};

const without = () => {
  for (const name of ['speechSynthesis', 'SpeechRecognition', 'webkitSpeechRecognition'])
    Object.defineProperty(window, name, { value: undefined });
};

describeInChromium('speech, in Chromium', () => {
  let app: ChatApp;
  let page: Page;
  beforeAll(async () => {
    app = await startChatApp();
  }, 90_000);
  afterAll(() => app?.close(), 60_000);
  afterEach(() => page.context().close());

  const openWith = async (script: () => void, path: string) => {
    page = await app.open('/login');
    await page.addInitScript(script);
    await page.goto(app.server.url + path);
  };
  const field = () => page.getByRole('textbox', { name: 'Message', exact: true });

  it('reads an answer aloud part by part, until it is stopped or left', async () => {
    await openWith(standIns, await app.say('# Two\n\nThe **first** part.\n\nThe second part.'));
    await page.getByRole('button', { name: 'Read aloud' }).press('Enter');
    const spoken = () => page.evaluate('spoken');
    await expectSoon(spoken).toEqual(['Two']);
    await page.evaluate('finishPart()');
    await expectSoon(spoken).toEqual(['Two', 'The first part.']);
    await page.getByRole('button', { name: 'Stop reading' }).press('Enter');
    await expectSoon(() => page.evaluate('isSpeaking()')).toBe(false);
    await page.getByRole('button', { name: 'Read aloud' }).press('Enter');
    await expectSoon(() => page.evaluate('isSpeaking()')).toBe(true);
    await page.getByRole('link', { name: 'New chat' }).click();
    await page.getByRole('heading', { name: 'What would you like to know?' }).waitFor();
    await expectSoon(() => page.evaluate('isSpeaking()')).toBe(false);
  }, 60_000);

  it('writes what is dictated behind what is typed', async () => {
    await openWith(standIns, '/');
    await field().fill('Typed');
    await page.getByRole('button', { name: 'Dictate' }).press('Enter');
    await page.getByText('Some browsers send the recording to their maker.').waitFor();
    await page.evaluate('say("and said"); say("twice")');
    await page.getByRole('button', { name: 'Stop dictating' }).press('Enter');
    await page.getByRole('button', { name: 'Dictate' }).waitFor();
    await expectSoon(() => field().inputValue()).toBe('Typed and said twice');
    await page.getByRole('button', { name: 'Dictate' }).press('Enter');
    await page.evaluate('fail("not-allowed")');
    await page.getByText('The browser did not allow the microphone.').waitFor();
    await page.getByRole('button', { name: 'Dictate' }).waitFor();
  }, 60_000);

  it('has no controls where the browser has no speech', async () => {
    await openWith(without, await app.say('Words.'));
    await page.getByRole('button', { name: 'Copy answer' }).waitFor();
    expect(await page.getByRole('button', { name: /Read aloud|Dictate/ }).count()).toBe(0);
  }, 60_000);

  it('may use the microphone on the pages of the app only', async () => {
    page = await app.open();
    expect(await page.evaluate(() => 'featurePolicy' in document)).toBe(true);
    const policy = async (path: string) =>
      (await page.request.get(app.server.url + path)).headers()['permissions-policy'];
    expect(await policy('/chat')).toContain('microphone=(self)');
    expect(await policy('/health/live')).toContain('microphone=()');
  }, 60_000);
});
