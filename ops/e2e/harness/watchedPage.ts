import type { Browser, Page } from 'playwright-core';

/** The timeout of page actions, in milliseconds. */
const timeoutMs = 20_000;

/** A page and the violations of its content security policy so far, on all its documents. */
export interface WatchedPage {
  readonly page: Page;
  /** Such as `script-src-elem inline`. */
  readonly violations: readonly string[];
}

export const openWatchedPage = async (browser: Browser): Promise<WatchedPage> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(timeoutMs);
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

/** Opens a page and signs in with its form. */
export const enter = async (page: Page, url: string, username: string, password: string): Promise<void> => {
  await page.goto(url);
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('textbox', { name: 'Message' }).waitFor();
};
