import { fileURLToPath } from 'node:url';
import { startDockerStandin } from '../../api/docker/standin/standin.ts';
import { startChatApp } from '../e2e/web/chatApp.ts';

/**
 * `node ops/screenshots/presets.ts`: takes the pictures of docs/presets.md. Their answers are scripted, because the small
 * model of tests writes no useful ones.
 */
const answers: Readonly<Record<string, object>> = {
  'code-review': {
    summary: 'The lookup of users now builds its SQL from the name.',
    findings: [
      {
        line: 11,
        severity: 'CRITICAL',
        category: 'SECURITY',
        title: 'SQL injection through the name',
        explanation:
          'The name becomes part of the statement. A name with a quote can read or change any table.',
        suggestion: "    const sql = 'SELECT * FROM users WHERE name = ?';",
      },
    ],
  },
  'error-explanation': {
    cause: 'An order has no field "price", so reading order["price"] fails while the total is computed.',
    location: '/srv/shop/orders.py, line 31',
    steps: [
      'Find the orders without a price and where they are created.',
      'Reject such orders at the input, or read the price with order.get("price", 0).',
      'Add a test with an order that has no price.',
    ],
    commands: ['grep -n "price" /srv/shop/orders.py'],
    confidence: 'HIGH',
  },
  docker: {
    summary: 'Looks at the log and the state of web first, and restarts it only if an administrator agrees.',
    commands: [
      {
        command: 'logs',
        container: 'web',
        lines: 100,
        explanation: 'Shows the errors that it answered with.',
      },
      {
        command: 'inspect',
        container: 'web',
        lines: 20,
        explanation: 'Shows whether it was restarted or ran out of memory.',
      },
      {
        command: 'restart',
        container: 'web',
        lines: 20,
        explanation: 'Ends the hang, if the log shows one.',
      },
    ],
  },
  'meeting-summary': {
    summary: 'The release is ready except for its notes. It ships on Friday.',
    decisions: [{ text: 'Ship the release on Friday.', line: 3 }],
    actionItems: [{ owner: 'Bob', task: 'Write the release notes', due: 'Thursday', line: 2 }],
    openQuestions: [{ text: 'Who tests the installer on Windows?', line: 4 }],
  },
};

const docker = await startDockerStandin();
const app = await startChatApp({ DOCKER_HOST: docker.host });
try {
  for (const [name, answer] of Object.entries(answers)) {
    app.play({ tokens: [JSON.stringify(answer)] });
    const page = await app.open(`/presets/${name}`, { viewport: { width: 1280, height: 1080 } });
    await page.getByRole('button', { name: 'Fill in an example' }).click();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const result = page.getByRole('region', { name: 'Result' });
    await result.waitFor();
    await result.scrollIntoViewIfNeeded();
    const path = fileURLToPath(new URL(`../../docs/presets-${name}.png`, import.meta.url));
    await page.screenshot({ path });
    process.stdout.write(`${path}\n`);
    await page.context().close();
  }
} finally {
  await app.close();
  await docker.close();
}
