import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type OllamaStandin, startOllamaStandin } from '../../api/engine/standin/standin.ollama.ts';
import { makeFolder, removeFolder } from '../e2e/harness/folder.ts';
import { adminPassword, type ServerProcess, startServer } from '../e2e/harness/process.ts';

const script = fileURLToPath(new URL('./main.ts', import.meta.url));
const git = promisify(execFile);

const finding = (line: number, given: object = {}) => ({
  line,
  severity: 'HIGH',
  category: 'BUG',
  title: 'Wrong, sum: 100%',
  explanation: 'It subtracts.\n::error::injected',
  suggestion: 'return a + b;',
  ...given,
});

describe('npm run review', () => {
  let folder: string;
  let data: string;
  let engine: OllamaStandin;
  let server: ServerProcess;
  beforeAll(async () => {
    [folder, data] = await Promise.all([makeFolder(), makeFolder()]);
    engine = await startOllamaStandin();
    server = await startServer({ dataDir: data, env: { OLLAMA_URL: engine.url, CACHE_TTL_S: '0' } });
    const inFolder = (...args: string[]) =>
      git('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: folder });
    await inFolder('init', '-q', '-b', 'main');
    await writeFile(join(folder, 'sum.js'), 'const sum = (a, b) => {\n};\n');
    await inFolder('add', '-A');
    await inFolder('commit', '-qm', 'one');
    await inFolder('checkout', '-qb', 'work');
    await writeFile(join(folder, 'sum.js'), 'const sum = (a, b) => {\nreturn a - b;\n};\n');
    await writeFile(join(folder, 'other.js'), 'ok();\n');
    await inFolder('add', '-A');
    await inFolder('commit', '-qm', 'two');
  }, 60_000);
  afterAll(async () => {
    await server?.stop();
    await engine?.close();
    await Promise.all([removeFolder(folder), removeFolder(data)]);
  }, 60_000);

  const review = async (args: readonly string[], input: string | null = null, env: object = {}) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, ...args], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        ZIGGIE_URL: server.url,
        ZIGGIE_USER: 'admin',
        ZIGGIE_PASSWORD: adminPassword,
        ...env,
      },
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.stdin.end(input ?? '');
    const [code] = await once(child, 'close');
    return { code, out, err };
  };
  const play = (findings: readonly object[]) =>
    engine.play({
      chat: (body) => {
        const isSum = JSON.stringify(body.messages).includes('File sum.js');
        const answer = { summary: isSum ? 'Subtracts.' : 'Fine.', findings: isSum ? findings : [] };
        return { tokens: [JSON.stringify(answer)] };
      },
    });

  it('reviews the changes of a branch by file, and fails for a bad finding', async () => {
    play([finding(2)]);
    const { code, out, err } = await review(['--base', 'main']);
    expect(err).toContain('Reviewing 2 of 2: sum.js');
    expect(out).toContain('sum.js:2: high: Wrong, sum: 100%');
    expect(out).toContain('Suggestion: return a + b;');
    expect(out).toContain('other.js: Fine.');
    expect(out).toContain('1 finding');
    expect(code).toBe(1);
    expect((await review(['--fail-on', 'critical'])).code).toBe(0);
  }, 60_000);

  it('prints annotations for GitHub that a finding can’t break out of, and a report for GitLab', async () => {
    play([finding(2, { severity: 'MEDIUM' })]);
    const { stdout: diff } = await git('git', ['diff', 'main'], { cwd: folder });
    const github = await review(['--stdin', '--format', 'github'], diff);
    expect(github.out).toBe(
      '::warning file=sum.js,line=2,title=Wrong%2C sum%3A 100%25::It subtracts.%0A::error::injected\n',
    );
    expect(github.code).toBe(0);
    const gitlab = await review(['--stdin', '--format', 'gitlab', '--fail-on', 'medium'], diff);
    expect(JSON.parse(gitlab.out)).toMatchObject([
      { severity: 'minor', check_name: 'bug', location: { path: 'sum.js', lines: { begin: 2 } } },
    ]);
    expect(gitlab.code).toBe(1);
    const markdown = await review(['--stdin', '--format', 'markdown'], diff);
    expect(markdown.out).toContain('### `sum.js:2` Wrong, sum: 100% (medium)');
    expect(markdown.out).toContain('```diff\ndiff --git a/sum.js b/sum.js');
  }, 60_000);

  it('goes on after a file that could not be reviewed, and says so', async () => {
    engine.play({
      chat: (body) => ({
        tokens: [
          JSON.stringify(body.messages).includes('File sum.js')
            ? 'no JSON'
            : JSON.stringify({ summary: 'Fine.', findings: [] }),
        ],
      }),
    });
    const { code, out, err } = await review([]);
    expect(out).toContain('other.js: Fine.');
    expect(err).toContain('Not reviewed: sum.js: The model');
    expect(code).toBe(2);
  }, 60_000);

  it('waits for the rate limit between files', async () => {
    const own = await makeFolder();
    const limited = await startServer({
      dataDir: own,
      env: { OLLAMA_URL: engine.url, CACHE_TTL_S: '0', RATE_LIMIT: '1/3s' },
    });
    try {
      play([finding(2)]);
      const { code, out, err } = await review([], null, { ZIGGIE_URL: limited.url });
      expect(err).toContain('The rate limit is reached. Waiting');
      expect(out).toContain('other.js: Fine.');
      expect(out).toContain('sum.js:2: high');
      expect(code).toBe(1);
    } finally {
      await limited.stop();
      await removeFolder(own);
    }
  }, 60_000);

  it('says in one line what is wrong with a command', async () => {
    for (const [args, env, message] of [
      [['--base', 'no-such-branch'], {}, 'The changes since no-such-branch can'],
      [['--base=--output=x'], {}, 'is not a branch'],
      [['--format', 'xml'], {}, '--format must be one of text, markdown, json, github, gitlab.'],
      [['--fail-on', 'all'], {}, '--fail-on must be critical, high, medium, low or never.'],
      [['--colour'], {}, '--colour'],
      [[], { ZIGGIE_USER: '' }, 'Not signed in. Set ZIGGIE_TOKEN'],
      [[], { ZIGGIE_PASSWORD: 'wrong' }, 'password'],
    ] as const) {
      const { code, out, err } = await review(args, null, env);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toContain(message);
      expect(err).not.toContain('    at ');
    }
    expect((await review(['--help'])).out).toContain('npm run review');
    expect((await review(['--stdin'], '')).err).toContain('nothing to review');
  }, 60_000);
});
