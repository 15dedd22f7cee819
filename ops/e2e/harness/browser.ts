import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium } from 'playwright-core';

/** Returns the path of Chromium on this machine, or null. */
export const chromiumPath = (): string | null =>
  [
    process.env.CHROMIUM_PATH,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ].find((path) => path && existsSync(path)) ?? null;

/** Calls `describe` if there is a browser; otherwise skips the suite with the reason in its title. */
export const describeInChromium = (name: string, suite: () => void): void => {
  if (chromiumPath()) describe(name, suite);
  else describe.skip(`${name} (skipped: no Chromium; set CHROMIUM_PATH)`, suite);
};

/** Like `describeInChromium`, but also requires a model. */
export const describeInBrowser = (name: string, suite: () => void): void => {
  if (!chromiumPath()) describeInChromium(name, suite);
  else if (!process.env.OLLAMA_URL && !process.env.MODEL_PATH) {
    describe.skip(`${name} (skipped: no OLLAMA_URL, and the embedded model could not be fetched)`, suite);
  } else describe(name, suite);
};

/**
 * Without a screen too, Chromium makes the suggestions of the address bar of each window, which are two web pages in a process
 * of their own: 40 % of the CPU of opening a page of the app.
 */
const suggestions = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'];

/** What Playwright 1.65 disables. Chromium reads only the last list, which is ours. */
const disabledByPlaywright = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
];

/**
 * Starts Chromium without a sandbox, which root needs, and without background network requests. Service workers are blocked,
 * unless a context allows them: requests through them can't be intercepted.
 */
export const openBrowser = async (): Promise<Browser> => {
  const browser = await chromium.launch({
    executablePath: chromiumPath() ?? undefined,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--disable-features=${[...disabledByPlaywright, ...suggestions].join(',')}`,
    ],
  });
  const newContext = browser.newContext.bind(browser);
  return Object.assign(browser, {
    newContext: (options: BrowserContextOptions = {}) => newContext({ serviceWorkers: 'block', ...options }),
  });
};
