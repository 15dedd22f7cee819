import { readdir, readFile } from 'node:fs/promises';

interface Lock {
  readonly packages: Readonly<
    Record<
      string,
      {
        readonly optionalDependencies?: Readonly<Record<string, string>>;
        readonly os?: readonly string[];
        readonly cpu?: readonly string[];
        readonly dev?: boolean;
      }
    >
  >;
}

const json = async (path: string) =>
  JSON.parse(await readFile(new URL(`../../${path}`, import.meta.url), 'utf8'));

describe('what is installed', () => {
  it('is one copy of graphql, since two copies reject the types of each other', async () => {
    const { packages }: Lock = await json('package-lock.json');
    const copies = Object.keys(packages).filter((path) => /(^|\/)node_modules\/graphql$/.test(path));
    expect(copies).toEqual(['node_modules/graphql']);
  });

  it("is locked for every platform: if one's package is missing, npm ci installs it on no platform", async () => {
    const { packages }: Lock = await json('package-lock.json');
    const lacking = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`],
      ),
    );
    expect(lacking).toEqual([]);
  });

  it('has each native package of the server for amd64 and arm64, the platforms of the image', async () => {
    const { packages }: Lock = await json('package-lock.json');
    const native = Object.entries(packages).filter(([, { os, dev }]) => os?.includes('linux') && !dev);
    const of = (cpu: string) => native.filter(([, own]) => own.cpu?.includes(cpu)).map(([path]) => path);
    const amd64 = of('x64').filter((path) => /x64/.test(path));
    expect(amd64.length).toBeGreaterThan(5);
    const arm64 = of('arm64');
    // GPUs of NVIDIA's servers for arm64 need an engine of their own beside the embedded one.
    const needed = amd64.filter((path) => !/-(cuda|cuda-ext|vulkan)$/.test(path));
    expect(needed.filter((path) => !arm64.includes(path.replace('x64', 'arm64')))).toEqual([]);
  });

  it.each([
    '@envelop/rate-limiter',
    '@pothos/core',
    'bullmq',
    'dataloader',
    'graphql-redis-subscriptions',
    'graphql-ws',
    'graphql-yoga',
    'ioredis',
    'jose',
    'mongodb',
    'node-llama-cpp',
    'ollama',
    'openid-client',
  ])('has %s of the design as a dependency that the server uses', async (name) => {
    const { dependencies }: Record<string, Record<string, string>> = await json('package.json');
    expect(dependencies).toHaveProperty([name]);
    const api = new URL('../../api/', import.meta.url);
    const files = (await readdir(api, { recursive: true })).filter(
      (file) => file.endsWith('.ts') && !/\.(?:test|testing)\.ts$/.test(file),
    );
    const sources = await Promise.all(files.map((file) => readFile(new URL(file, api), 'utf8')));
    expect(
      sources.some((source) => source.includes(`from '${name}'`) || source.includes(`import('${name}')`)),
    ).toBe(true);
  });

  it('is named by exact versions', async () => {
    const {
      dependencies,
      devDependencies,
    }: Record<string, Record<string, string>> = await json('package.json');
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
    );
    expect(loose).toEqual([]);
  });
});
