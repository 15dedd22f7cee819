import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import type { OutputBundle } from 'rolldown';
import { root } from './tool.ts';

/**
 * `npm start` runs the server as a few JavaScript files in `build/server`: loading its 1,600 modules one by one takes twice
 * the CPU and 90 MB more. The code isn't minified, and source maps give stack traces the files and lines of the sources.
 */
const folder = join(root, 'build', 'server');
const hashFile = 'sources.sha256';

/** Loaded from `node_modules` as they are: native code, or used by some installations or by threads only. */
const external = new RegExp(
  `^(${[
    'node-llama-cpp',
    '@node-rs/argon2',
    'bullmq',
    'mongodb',
    'ioredis',
    'swagger-ui-dist',
    'pino',
    'sirv',
    'sharp',
    'dockerode',
    'sqlite-vec',
    'html-to-text',
    'htmlparser2',
    'postal-mime',
    'mammoth',
    'read-excel-file',
    'unpdf',
    'yauzl',
    's3mini',
    'tesseract.js-core',
    '@hyzyla/pdfium',
  ].join('|')})(/|$)`,
);
/** Loaded only when they are used, each with the module that imports it. */
const lazy =
  /render-graphiql|@modelcontextprotocol|graphql-redis-subscriptions|openid-client|oauth4webapi|csv-stringify|@opentelemetry\/(?!api\/)|protobufjs/;

/** The programs of the process and of its threads, which find theirs beside the file that starts them. */
const input = {
  main: 'api/main.ts',
  documentReader: 'api/attachments/reading/worker.ts',
  grammarWorker: 'api/engine/llama/grammarWorker.llama.ts',
};
/** A folder that `api/presets/library.ts` reads beside itself. */
const presets = { from: join(root, 'api', 'presets', 'library'), to: 'library' };

const isTest = (path: string): boolean => /\.(test|testing|contract|attacks\.test)\.ts$/.test(path);

/** Returns the SHA-256 of everything that the built server is made of. */
const hashOfSources = (): string => {
  const sources = readdirSync(join(root, 'api'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !isTest(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  const single = ['package.json', 'package-lock.json', 'ops/build/server.ts'].map((path) => join(root, path));
  const hash = createHash('sha256');
  for (const path of [...single, ...sources.sort()]) {
    hash
      .update(`${relative(root, path)}\0`)
      .update(readFileSync(path))
      .update('\0');
  }
  return hash.digest('hex');
};

/** Whether `build/server` was built from the current sources. */
export const isServerCurrent = (): boolean =>
  existsSync(join(folder, hashFile)) && readFileSync(join(folder, hashFile), 'utf8') === hashOfSources();

const canBuild = (): boolean => {
  try {
    createRequire(import.meta.url).resolve('rolldown');
    return true;
  } catch {
    return false;
  }
};

/** Builds `build/server`. Without rolldown, as after `npm ci --omit=dev`, writes a file that runs the sources. */
const buildServer = async (): Promise<void> => {
  const hash = hashOfSources();
  // Beside the current build, so that a server that starts meanwhile finds one, and an interrupted build is built again.
  const next = `${folder}-${process.pid}`;
  try {
    if (canBuild()) {
      await bundle(next);
    } else {
      mkdirSync(next, { recursive: true });
      writeFileSync(join(next, 'main.js'), "await import('../../api/main.ts');\n");
    }
    writeFileSync(join(next, hashFile), hash);
    rmSync(folder, { recursive: true, force: true });
    renameSync(next, folder);
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
};

const bundle = async (dir: string): Promise<void> => {
  const { rolldown } = await import('rolldown');
  const build = await rolldown({
    cwd: root,
    input,
    platform: 'node',
    external,
  });
  try {
    await build.write({
      dir,
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: '[name]-[hash].js',
      comments: false,
      sourcemap: true,
      sourcemapExcludeSources: true,
      // Own code apart from packages, so that source maps of own code are enough.
      codeSplitting: {
        groups: [{ name: 'packages', test: (id) => id.includes('node_modules') && !lazy.test(id) }],
      },
      plugins: [{ name: 'small', generateBundle: (_options, files) => shrink(files) }],
    });
    cpSync(presets.from, join(dir, presets.to), { recursive: true });
  } finally {
    await build.close();
  }
};

/**
 * Escapes characters beyond Latin-1, for which V8 would hold a whole file in two bytes per character, and drops the source
 * map of packages, which Node would hold too.
 */
const shrink = (files: OutputBundle): void => {
  for (const [name, file] of Object.entries(files)) {
    if (file.type === 'asset') {
      if (name.startsWith('packages')) delete files[name];
      continue;
    }
    file.code = file.code.replace(/[^\0-\xff]/g, escaped);
    if (name.startsWith('packages')) file.code = file.code.replace(/\n\/\/# sourceMappingURL=.*/, '');
  }
};

const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Builds `build/server` if it is missing or its sources have changed. */
export const updateServer = async (): Promise<void> => {
  if (!isServerCurrent()) await buildServer();
};

if (import.meta.main) await updateServer();
