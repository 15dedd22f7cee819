import type { Browser, Page } from 'playwright-core';

/** How long something in a page may take to show, in milliseconds. */
const patienceMs = 20_000;

/** A page, with what its content security policy stopped so far, on every document that it opened. */
export interface WatchedPage {
  readonly page: Page;
  /** Such as `script-src-elem inline`. */
  readonly violations: readonly string[];
}

export const openWatchedPage = async (browser: Browser): Promise<WatchedPage> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(patienceMs);
  const violations: string[] = [];
  await context.exposeFunction('reportViolation', (violation: string) => violations.push(violation));
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
      const { reportViolation } = globalThis as unknown as { reportViolation: (text: string) => void };
      reportViolation(`${effectiveDirective} ${blockedURI}`);
    });
  });
  return { page: await context.newPage(), violations };
};

/** Signs in by the form that a page shows first. */
export const enter = async (page: Page, url: string, username: string, password: string): Promise<void> => {
  await page.goto(url);
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('textbox', { name: 'Message' }).waitFor();
};
