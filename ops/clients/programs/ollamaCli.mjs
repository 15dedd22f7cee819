// Features of Ollama's command line. Its program is the first argument. It sends no header, so the key is in the path.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { run, settings } from './features.mjs';

const { url, key, model } = settings;
const env = { ...process.env, OLLAMA_HOST: `${url}/${key}` };

const ollama = async (...args) => {
  const child = promisify(execFile)(process.argv[2], args, { env, timeout: 180_000 });
  child.child.stdin.end();
  return (await child).stdout;
};

await run({
  models: async () =>
    (await ollama('list')).includes(model) &&
    (await ollama('ps')).includes(model) &&
    (await ollama('show', model)).includes('completion'),
  'streamed chat': async () => (await ollama('run', model, 'What is 2+2?')).trim() !== '',
  'structured output': async () => {
    const answer = await ollama(
      'run',
      model,
      '--format',
      '{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}',
      'Choose a number.',
    );
    return Number.isInteger(JSON.parse(answer).a);
  },
  errors: async () => {
    const error = await ollama('cp', model, 'copy').catch((reason) => reason);
    return String(error.stderr).includes('only its owner may');
  },
});
