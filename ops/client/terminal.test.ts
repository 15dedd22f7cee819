import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { createClient, signIn } from '../../client/public.ts';
import { runTerminal } from '../../client/terminal/terminal.ts';
import { makeFolder, removeFolder } from '../e2e/harness/folder.ts';
import { adminPassword, type ServerProcess, startServer } from '../e2e/harness/process.ts';
import { freePort } from '../e2e/harness/redis.ts';
import { counted, type StandinProcess, startStandin } from '../e2e/harness/standin.ts';

const repo = fileURLToPath(new URL('../..', import.meta.url));
/** The timeout of waiting for output, in milliseconds. */
const maxWaitMs = 20_000;
const ctrlC = '\x03';
const ctrlD = '\x04';

/** A user at a terminal: types input and reads output. */
const sitDown = (env: Record<string, string>, ...argv: string[]) => {
  const input = new PassThrough();
  const output = new PassThrough();
  const notices = new PassThrough();
  const seen = new EventTarget();
  let screen = '';
  for (const stream of [output, notices]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      screen += chunk;
      seen.dispatchEvent(new Event('more'));
    });
  }
  const streams = { input, output, notices, isInteractive: true, isSeen: true, hasColour: false };
  const ended = runTerminal(argv, env, streams, new AbortController().signal);
  return {
    ended,
    screen: () => screen,
    /** Waits for this output after the previous one. */
    async sees(words: string) {
      const limit = AbortSignal.timeout(maxWaitMs);
      while (!screen.includes(words)) {
        await once(seen, 'more', { signal: limit }).catch(() => {
          throw new Error(`no "${words}" in:\n${screen}`);
        });
      }
      screen = screen.slice(screen.indexOf(words) + words.length);
    },
    types: (keys: string) => input.write(keys),
  };
};

describe('the terminal chat', () => {
  let folder: string;
  let standin: StandinProcess;
  let server: ServerProcess;
  let serverEnv: Record<string, string>;
  let env: Record<string, string>;

  beforeAll(async () => {
    folder = await makeFolder();
    standin = await startStandin(200);
    serverEnv = { OLLAMA_URL: standin.url, PORT: String(await freePort()) };
    server = await startServer({ dataDir: folder, env: serverEnv });
    env = { ZIGGIE_URL: server.url, ZIGGIE_USER: 'admin', ZIGGIE_PASSWORD: adminPassword };
  }, 60_000);
  afterAll(async () => {
    await server?.stop();
    await standin?.kill();
    await removeFolder(folder);
  }, 60_000);

  const lastMessages = async () => {
    const client = createClient({ url: server.url });
    await client.signIn({ username: 'admin', password: adminPassword });
    const [conversation] = (await client.conversations({ first: 1 })).items;
    const { items } = await client.messages(conversation?.id ?? '');
    client.close();
    return items;
  };
  const lastStatus = async () => (await lastMessages()).at(-1)?.generation?.status;

  it('asks for the user name, answers, and continues the conversation', async () => {
    const person = sitDown({ ZIGGIE_URL: server.url });
    await person.sees('User: ');
    person.types('admin\r');
    await person.sees('Password: ');
    person.types('wrong\r');
    await person.sees('User: ');
    person.types('admin\r');
    await person.sees('Password: ');
    person.types(`${adminPassword}\r`);
    await person.sees('/help says what can be done.');
    expect(person.screen()).not.toContain(adminPassword);
    await person.sees('> ');
    person.types('Count to 20\r');
    await person.sees(counted(20));
    await person.sees('stand-in:latest, 20 tokens');
    await person.sees('> ');
    person.types('Count to 5\r');
    await person.sees(counted(5));
    await person.sees('> ');
    person.types(ctrlD);
    await person.sees('To go on later: --conversation ');
    expect(await person.ended).toBe(0);
    expect(await lastMessages()).toHaveLength(4);
  }, 30_000);

  it('stops an answer at Ctrl-C, and exits at the next', async () => {
    const person = sitDown(env);
    await person.sees('> ');
    person.types('Count to 5000\r');
    await person.sees('10 11 12');
    person.types(ctrlC);
    await person.sees('stopped');
    await person.sees('> ');
    person.types('half a thought');
    person.types(ctrlC);
    person.types('Count to 7\r');
    await person.sees(counted(7));
    await person.sees('> ');
    person.types(ctrlC);
    expect(await person.ended).toBe(0);
  }, 30_000);

  it('also cancels the answer if Ctrl-C comes twice', async () => {
    const person = sitDown(env);
    await person.sees('> ');
    person.types('Count to 5000\r');
    await person.sees('10 11 12');
    person.types(ctrlC);
    person.types(ctrlC);
    expect(await person.ended).toBe(0);
    expect(await lastStatus()).toBe('CANCELLED');
  }, 30_000);

  it('accepts commands, and a paste as one question', async () => {
    const person = sitDown(env);
    await person.sees('> ');
    person.types('/model\r');
    await person.sees('* 1  stand-in:latest');
    await person.sees('> ');
    person.types('/model nothing\r');
    await person.sees('There is no model nothing.');
    await person.sees('> ');
    person.types('/model stand-in\r');
    await person.sees('stand-in:latest answers from now on.');
    await person.sees('> ');
    person.types('/dance\r');
    await person.sees('There is no command /dance.');
    await person.sees('> ');
    person.types('Look at this:\rCount to 9\r');
    await person.sees(counted(9));
    await person.sees('> ');
    person.types('/new\r');
    await person.sees('A new conversation.');
    await person.sees('> ');
    person.types('/quit\r');
    expect(await person.ended).toBe(0);
  }, 30_000);

  it('continues where it stopped when the server is killed and restarted', async () => {
    const person = sitDown(env);
    await person.sees('> ');
    person.types('Count to 500\r');
    await person.sees(' 200 201 ');
    await server.kill();
    server = await startServer({ dataDir: folder, env: serverEnv });
    await person.sees('Connected again.\n');
    await person.sees(' 498 499 ');
    await person.sees('> ');
    person.types(ctrlD);
    expect(await person.ended).toBe(0);
  }, 90_000);

  describe('without a terminal', () => {
    const npm = (args: readonly string[], variables: Record<string, string>, input: string) => {
      const child = spawn('npm', ['run', '--silent', 'chat', '--', ...args], {
        cwd: repo,
        env: { PATH: process.env.PATH, HOME: process.env.HOME, ...variables },
        stdio: 'pipe',
        // In its own process group, like a terminal's foreground group, which gets Ctrl-C.
        detached: true,
      });
      child.stdin.end(input);
      return {
        child,
        ended: Promise.all([
          text(child.stdout),
          text(child.stderr),
          once(child, 'close').then(([code]) => code as number | null),
        ]),
      };
    };

    it('reads the prompt from stdin and writes only the answer to stdout', async () => {
      const { token } = await signIn({ url: server.url, username: 'admin', password: adminPassword });
      const variables = { ZIGGIE_URL: server.url, ZIGGIE_TOKEN: token };
      expect(await npm(['--once'], variables, 'Count to 12\n').ended).toEqual([`${counted(12)}\n`, '', 0]);
      expect(await npm(['Count', 'to', '6'], variables, '').ended).toEqual([`${counted(6)}\n`, '', 0]);
    }, 60_000);

    it('reports errors on stderr, and exits with a code', async () => {
      const anonymous = await npm(['--once'], { ZIGGIE_URL: server.url }, 'Hi').ended;
      expect(anonymous).toEqual(['', expect.stringContaining('ZIGGIE_TOKEN'), 2]);
      const unknown = await npm(['--model', 'none', 'Hi'], env, '').ended;
      expect(unknown).toEqual(['', expect.stringContaining('stand-in:latest'), 1]);
      const odd = await npm(['--loud'], env, '').ended;
      expect(odd).toEqual(['', expect.stringContaining('--loud'), 2]);
    }, 60_000);

    it('cancels the answer at Ctrl-C', async () => {
      const { child, ended } = npm(['Count to 5000'], env, '');
      await once(child.stdout, 'data');
      process.kill(-(child.pid ?? Number.NaN), 'SIGINT');
      expect((await ended)[2]).not.toBe(0);
      expect(await lastStatus()).toBe('CANCELLED');
    }, 60_000);
  });
});
