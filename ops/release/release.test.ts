import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import manifest from '../../package.json' with { type: 'json' };

const run = async (name: string, env: Readonly<Record<string, string>> = {}) => {
  const program = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  const options = { env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 };
  try {
    return { code: 0, out: (await promisify(execFile)(process.execPath, [program], options)).stdout };
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string };
    return { code, out: stdout };
  }
};

describe('npm run sbom', () => {
  it('lists the packages of the product, with versions and licences', async () => {
    const { code, out } = await run('sbom');
    expect(code).toBe(0);
    const { bomFormat, metadata, components } = JSON.parse(out);
    const { name, version } = metadata.component;
    expect([bomFormat, name, version]).toEqual(['CycloneDX', manifest.name, manifest.version]);
    const found = new Set(components.map((one: { purl: string }) => one.purl));
    for (const [dependency, locked] of Object.entries(manifest.dependencies)) {
      expect(found).toContain(`pkg:npm/${dependency.replace('@', '%40')}@${locked}`);
    }
    expect(out).not.toContain('pkg:npm/jest@');
    type Component = { name: string; licenses: unknown[]; hashes: { content: string }[] };
    const all: readonly Component[] = components;
    expect(all.filter(({ licenses }) => licenses.length !== 1)).toEqual([]);
    // The files of a bundled package have the hash of the package that contains it.
    const [hash] = all.find((one) => one.name === 'graphql')?.hashes ?? [];
    expect(hash?.content).toMatch(/^[0-9a-f]{128}$/);
  });
});

describe('npm run vulnerabilities', () => {
  /** Runs it against a registry on loopback. */
  const against = async (listener: RequestListener) => {
    // A cache of its own: npm keeps what it computed from an advisory.
    const cache = await mkdtemp(join(tmpdir(), 'ziggie-npm-'));
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    try {
      return await run('vulnerabilities', {
        npm_config_registry: url,
        npm_config_cache: cache,
      });
    } finally {
      server.closeAllConnections();
      server.close();
      await rm(cache, { recursive: true, force: true });
    }
  };

  const answer =
    (advisories: unknown): RequestListener =>
    (request, response) => {
      response.setHeader('Content-Type', 'application/json');
      if (request.url?.includes('advisories/bulk')) response.end(JSON.stringify(advisories));
      else {
        const name = decodeURIComponent(request.url?.slice(1) ?? '');
        response.end(
          JSON.stringify({ name, 'dist-tags': {}, versions: { '3.0.2': { name, version: '3.0.2' } } }),
        );
      }
    };
  const advisory = (severity: string) => ({
    ulid: [
      { id: 1, url: 'https://example.com/1', title: 'Ids repeat', severity, vulnerable_versions: '<99' },
    ],
  });

  it('fails for a severe one, and names it', async () => {
    const { code, out } = await against(answer(advisory('high')));
    expect(out).toContain('ulid');
    expect(out).toContain('Ids repeat https://example.com/1');
    expect(code).toBe(1);
  });

  it('succeeds without one, and for a moderate one, which it names', async () => {
    expect(await against(answer({}))).toEqual({
      code: 0,
      out: 'vulnerabilities: 0 packages, 0 of them high or critical\n',
    });
    const { code, out } = await against(answer(advisory('moderate')));
    expect([code, out]).toEqual([0, expect.stringContaining('Ids repeat')]);
  });

  it('says that nothing was checked if the registry is unreachable, or knows no advisories', async () => {
    for (const { code, out } of [
      await run('vulnerabilities', { npm_config_registry: 'http://127.0.0.1:1/' }),
      await against((_, response) => response.writeHead(405).end()),
    ]) {
      expect([code, out]).toEqual([0, expect.stringContaining('not checked')]);
    }
  });
});
