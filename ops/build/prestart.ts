import { updateServer } from './server.ts';
import { buildWebApp, canBuild, webAppState } from './webApp.ts';

/** Builds server and web app before `npm start` where they are missing or outdated; prints a line for the web app. */
const say = (line: string) => process.stdout.write(`${line}\n`);

const state = webAppState();
if (state !== 'current' && canBuild()) {
  say(
    state === 'missing'
      ? 'Building the web app. This takes a moment at the first start.'
      : 'Building the web app again: its sources have changed.',
  );
  try {
    await buildWebApp();
  } catch (error) {
    process.stderr.write(
      `Building the web app failed. ${error instanceof Error ? error.message : String(error)}\n`,
    );
    process.exitCode = 1;
  }
} else if (state === 'missing') {
  say(
    'The web app is not built, and its build tools are not installed. Run "npm ci && npm run build". The API starts without it.',
  );
}

try {
  await updateServer();
} catch (error) {
  process.stderr.write(
    `Building the server failed. ${error instanceof Error ? error.message : String(error)}\nStart it without a build: node api/main.ts\n`,
  );
  process.exitCode = 1;
}
