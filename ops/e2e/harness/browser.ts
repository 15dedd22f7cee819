import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where Chromium is on this machine; null where it isn't. */
export const chromiumPath = (): string | null =>
  [
    process.env.CHROMIUM_PATH,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ].find((path) => path && existsSync(path)) ?? null;

/** `describe` where there is a browser; else a skipped one, which says what is missing. */
export const describeInChromium = (name: string, suite: () => void): void => {
  if (chromiumPath()) describe(name, suite);
  else describe.skip(`${name} (skipped: no Chromium; set CHROMIUM_PATH)`, suite);
};

/** As `describeInChromium`, where there is a model too. */
export const describeInBrowser = (name: string, suite: () => void): void => {
  if (!chromiumPath()) describeInChromium(name, suite);
  else if (!process.env.OLLAMA_URL && !process.env.MODEL_PATH) {
    describe.skip(`${name} (skipped: no OLLAMA_URL, and the embedded model could not be fetched)`, suite);
  } else describe(name, suite);
};

/** Without a sandbox, as root needs it, and without calls home. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumPath() ?? undefined,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
