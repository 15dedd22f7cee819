import { buildWebApp, canBuild, webAppState } from './webApp.ts';

/** Builds the web app before `npm start`, where it isn't built or is out of date. Says one line; else it is silent. */
const say = (line: string) => process.stdout.write(`${line}\n`);

const state = webAppState();
if (state !== 'current' && canBuild()) {
  say(
    state === 'missing'
      ? 'Building the web app. This takes a moment, once.'
      : 'Building the web app anew: it has changed.',
  );
  try {
    await buildWebApp();
  } catch (error) {
    process.stderr.write(
      `The web app can't be built. ${error instanceof Error ? error.message : String(error)}\n`,
    );
    process.exitCode = 1;
  }
} else if (state === 'missing') {
  say(
    'The web app is not built, and what builds it is not installed: run "npm ci && npm run build". The API starts without it.',
  );
}
