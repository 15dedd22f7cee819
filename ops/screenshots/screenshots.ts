import { fileURLToPath } from 'node:url';
import { openBrowser } from '../e2e/harness/browser.ts';
import { signIn } from '../e2e/harness/client.ts';
import { makeFolder, removeFolder } from '../e2e/harness/folder.ts';
import fetchModel from '../e2e/harness/globalSetup.ts';
import { adminPassword, startServer } from '../e2e/harness/process.ts';

/** `npm run screenshots`: takes the README's picture of the web app, with answers of a real model. */
const picture = fileURLToPath(new URL('../../docs/chat.png', import.meta.url));

const earlier = ['Explain what a lighthouse does in one sentence.', 'What is 2+2?', 'Name three planets.'];
const shown = 'Write a Python function that adds two numbers, with an example of its use.';

await fetchModel();
const folder = await makeFolder();
const server = await startServer({ dataDir: folder });
const browser = await openBrowser();
try {
  const client = await signIn(server.url, 'admin', adminPassword);
  const options = { temperature: 0, maxTokens: 220 };
  for (const prompt of [...earlier, shown]) {
    const { generation } = await client.generate({ prompt, options });
    await client.finished(generation.id);
  }
  await client.close();

  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, deviceScaleFactor: 2 });
  await page.goto(server.url);
  await page.getByLabel('Username').fill('admin');
  await page.getByLabel('Password').fill(adminPassword);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'Write a Python function' }).first().click();
  await page.getByRole('article', { name: /^Answer/ }).waitFor();
  await page.getByRole('textbox', { name: 'Message' }).fill('Now do it for a list of numbers.');
  await page.locator('pre span[style]').first().waitFor();
  await page.screenshot({ path: picture });
  process.stdout.write(`${picture}\n`);
} finally {
  await browser.close();
  await server.stop();
  await removeFolder(folder);
}
