import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { variables } from '../../api/config/variables.ts';
import { type Command, commandsIn, inlineCommandsIn, shellBlocksIn } from './commands.ts';
import { readDocument } from './documents.ts';
import { repo } from './source.ts';

/** Programs that a machine may lack: their commands are only parsed, and compared with our own files. */
const external = [
  'docker',
  'kubectl',
  'helm',
  'systemctl',
  'systemd-run',
  'journalctl',
  'useradd',
  'vllm',
  'ollama',
];
const usual = [
  'cp',
  'cd',
  'chmod',
  'curl',
  'date',
  'echo',
  'export',
  'git',
  'grep',
  'jq',
  'openssl',
  'printf',
  'redis-cli',
  'sed',
  'set',
];
/** Functions that a block defines. */
const functions = ['ask', 'ask()', 'graphql', 'graphql()'];

const isIn = (path: string) => existsSync(join(repo, path));
const isOption = (word: string) => word.startsWith('-');

describe('the commands in the documents', () => {
  let commands: readonly (Command & { readonly document: string })[];
  let blocks: readonly { readonly document: string; readonly block: string }[];
  let scripts: Readonly<Record<string, string>>;
  /** The scopes of the dependencies, such as `@tesseract.js-data`. */
  let families: ReadonlySet<string>;
  let compose: { readonly services: Readonly<Record<string, { readonly profiles?: readonly string[] }>> };

  beforeAll(async () => {
    const listed = await Promise.all(
      ['docs', 'ops'].map(async (folder) =>
        (await readdir(join(repo, folder), { recursive: true })).map((name) => join(folder, name)),
      ),
    );
    const isGuide = (path: string) => path.endsWith('.md') && !path.startsWith('ops/decisions/');
    const documents = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...listed.flat().filter(isGuide)];
    const texts = await Promise.all(documents.map(readDocument));
    blocks = documents.flatMap((document, index) =>
      [shellBlocksIn, inlineCommandsIn]
        .flatMap((find) => find(texts[index] ?? ''))
        .map((block) => ({ document, block })),
    );
    commands = blocks.flatMap(({ document, block }) =>
      commandsIn(block).map((command) => ({ ...command, document })),
    );
    const manifest = JSON.parse(await readFile(join(repo, 'package.json'), 'utf8'));
    scripts = manifest.scripts;
    families = new Set(
      Object.keys(manifest.dependencies).flatMap((name) =>
        name.startsWith('@') ? [name.split('/')[0] ?? ''] : [],
      ),
    );
    compose = parse(await readFile(join(repo, 'docker-compose.yml'), 'utf8'), { merge: true });
  });

  const of = (program: string) => commands.filter((command) => command.program === program);
  const said = ({ document, program, args }: Command & { readonly document: string }) =>
    `${document}: ${program} ${args.join(' ')}`;

  it('are valid for the shell', () => {
    expect(blocks.length).toBeGreaterThan(40);
    for (const { block } of blocks) execFileSync('bash', ['-n'], { input: block });
  });

  it('are of known programs', () => {
    const known = ['npm', 'node', ...external, ...usual, ...functions];
    const others = commands.filter(({ program }) => !known.includes(program) && !/\/node$/.test(program));
    // Closing braces and further lines of functions.
    expect(others.filter(({ program }) => /^[a-z]/.test(program)).map(said)).toEqual([]);
  });

  it('name scripts of package.json, with options that these have', async () => {
    const problems: string[] = [];
    for (const command of of('npm')) {
      const [verb = '', ...rest] = command.args;
      const name = verb === 'run' ? rest.find((word) => !isOption(word)) : verb;
      if (verb === 'ci') continue;
      if (verb === 'install') {
        // Others of a family of packages, such as the data of one more language.
        const isOfFamily = (name: string) => families.has(name.split('/')[0] ?? '');
        if (!rest.filter((word) => !isOption(word)).every(isOfFamily)) problems.push(said(command));
        continue;
      }
      const script = scripts[name ?? ''];
      if (script === undefined) problems.push(said(command));
      const [, program] = /^(?:exec )?node (?:--\S+ )*(\S+\.ts)/.exec(script ?? '') ?? [];
      const given = command.args.includes('--') ? command.args.slice(command.args.indexOf('--') + 1) : [];
      if (program === undefined || given.length === 0) continue;
      const folder = dirname(program);
      const files = (await readdir(join(repo, folder), { recursive: true })).filter((file) =>
        file.endsWith('.ts'),
      );
      const sources = await Promise.all(files.map((file) => readFile(join(repo, folder, file), 'utf8')));
      const source = sources.join('\n');
      for (const option of given.filter((word) => word.startsWith('--'))) {
        const bare = option.slice(2);
        if (!new RegExp(`(['"\`\\s]|--)${bare}['"\`\\s:?]`).test(source))
          problems.push(`${said(command)}: ${option}`);
      }
    }
    expect(of('npm').length).toBeGreaterThan(40);
    expect(problems).toEqual([]);
  });

  it('run programs that exist', () => {
    const run = commands.filter(({ program, args }) => /(^|\/)node$/.test(program) && args.length > 0);
    const inOthers = commands.filter(({ args }) => args.includes('node'));
    const programs = [...run, ...inOthers].flatMap((command) =>
      command.args
        .filter((word) => /^(api|ops|client|node_modules)\/.*\.[jt]s$/.test(word))
        .map((word) => ({ command, word })),
    );
    expect(programs.length).toBeGreaterThan(5);
    expect(programs.filter(({ word }) => !isIn(word)).map(({ command }) => said(command))).toEqual([]);
  });

  it('set variables of the service', () => {
    const names = commands.flatMap((command) =>
      command.program === 'npm' && command.args.includes('start')
        ? command.variables.map((name) => ({ command, name }))
        : [],
    );
    const known = Object.keys(variables);
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter(({ name }) => !known.includes(name)).map(({ command }) => said(command))).toEqual([]);
  });

  it('name services, profiles and files of docker-compose.yml', () => {
    const services = Object.entries(compose.services);
    const names = services.map(([name]) => name);
    const profiles = services.flatMap(([, { profiles: own = [] }]) => own);
    /** How many words of a subcommand are services: the first, or all. */
    const verbs: Readonly<Record<string, number>> = {
      ...{ exec: 1, run: 1, cp: 0 },
      ...{ build: 9, logs: 9, ps: 9, restart: 9, start: 9, stop: 9, up: 9 },
    };
    const problems = of('docker').flatMap((command) => {
      const [first, ...given] = command.args;
      if (first === 'build' || first === 'buildx')
        return given.includes('ops/docker/Dockerfile') ? [] : [said(command)];
      if (first === 'run' || first === 'push') return [];
      if (first !== 'compose') return [said(command)];
      // The name of the program, in a sentence.
      if (given.length === 0) return [];
      const takesValue = ['--profile', '-f', '-e', '-v', '--tail'];
      const values = given.flatMap((word, at) =>
        takesValue.includes(word) ? [[word, given[at + 1] ?? '']] : [],
      );
      const words = given.filter((word, at) => !isOption(word) && !takesValue.includes(given[at - 1] ?? ''));
      const [verb = '', ...rest] = words;
      const count = verbs[verb];
      const wrong = [
        ...values.filter(([option, value]) => option === '--profile' && !profiles.includes(value ?? '')),
        ...values.filter(([option, value]) => option === '-f' && verb !== 'logs' && !isIn(value ?? '')),
      ];
      const tailed = rest.slice(0, count).filter((word) => !/^\d+$/.test(word));
      const unknown = tailed.filter((word) => !names.includes(word));
      return count === undefined || wrong.length > 0 || unknown.length > 0 ? [said(command)] : [];
    });
    expect(of('docker').length).toBeGreaterThan(15);
    expect(problems).toEqual([]);
  });

  it('name the chart, its values, its deployment and the units of systemd', () => {
    const releases = of('helm').flatMap(({ args }) => {
      const at = args.indexOf('--install');
      return at < 0 ? [] : [args[at + 1] ?? ''];
    });
    expect(new Set(releases).size).toBe(1);
    const files = of('helm').flatMap(({ args }) => args.filter((word) => word.startsWith('ops/')));
    expect(files.length).toBeGreaterThan(1);
    const targets = commands.flatMap(({ args }) =>
      args.flatMap((word) => /^(?:deployment)\/(\S+)$/.exec(word)?.[1] ?? []),
    );
    const units = of('systemctl').flatMap(({ args }) =>
      args
        .filter((word) => !isOption(word))
        .slice(1)
        // Ollama installs its own.
        .filter((unit) => unit !== 'ollama'),
    );
    expect(units.length).toBeGreaterThan(3);
    const unitFiles = units.map((unit) => `ops/systemd/${/\.\w+$/.test(unit) ? unit : `${unit}.service`}`);
    expect([...files, ...unitFiles].filter((path) => !isIn(path))).toEqual([]);
    expect(targets.filter((name) => name !== releases[0])).toEqual([]);
  });
});
