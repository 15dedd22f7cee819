import type { Browser, Page } from 'playwright-core';
import { type OllamaStandin, startOllamaStandin } from '../../api/engine/standin/standin.ollama.ts';
import { describeInChromium, openBrowser } from './harness/browser.ts';
import { makeFolder, removeFolder } from './harness/folder.ts';
import { adminPassword, type ServerProcess, startServer } from './harness/process.ts';

describeInChromium('models, for an administrator in Chromium', () => {
  let folder: string;
  let standin: OllamaStandin;
  let server: ServerProcess;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    [folder, standin] = await Promise.all([makeFolder(), startOllamaStandin()]);
    const env = { OLLAMA_URL: standin.url };
    [server, browser] = await Promise.all([startServer({ dataDir: folder, env }), openBrowser()]);
    page = await browser.newPage();
    await page.goto(`${server.url}/models`);
    await page.getByLabel('Username').fill('admin');
    await page.getByLabel('Password').fill(adminPassword);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await standin?.close();
    await removeFolder(folder);
  }, 60_000);

  const get = async (name: string) => {
    await page.getByRole('button', { name: 'Pull a model' }).click();
    await page.getByLabel('Name').fill(name);
    await page.getByRole('button', { name: 'Pull' }).click();
  };
  const card = (name: RegExp) => page.getByRole('heading', { name });

  it('are downloaded with visible progress, also after a reload, and deleted', async () => {
    standin.play({ pull: { steps: 40, stepsPerSecond: 10 } });
    await get('codellama:7b');
    await page.getByText(/ of 40 kB/).waitFor();
    await page.reload();
    await page.getByRole('progressbar', { name: 'Fetching codellama:7b' }).waitFor();
    await card(/codellama:7b/).waitFor();
    await page.getByRole('button', { name: 'Delete codellama:7b' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await card(/codellama:7b/).waitFor({ state: 'detached' });
  }, 60_000);

  it('explain a failed download, and can be cancelled', async () => {
    await get('http://elsewhere/model');
    await page.getByRole('alert').getByText('ollama.com/library').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    standin.play({ pull: { fault: 'unknown' } });
    await get('nothing-of-this-name');
    await page.getByRole('alert').getByText('No model nothing-of-this-name').waitFor();
    standin.play({ pull: { steps: 1000, stepsPerSecond: 10 } });
    await get('endless');
    await page.getByRole('progressbar', { name: 'Fetching endless' }).waitFor();
    await page.getByRole('list', { name: 'Downloads' }).getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Cancelled', { exact: true }).waitFor();
  }, 60_000);
});
