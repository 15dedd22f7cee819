import { readFile } from 'node:fs/promises';
import manifest from '../../package.json' with { type: 'json' };

/**
 * `npm run --silent sbom`: prints the packages that run in the product, with hashes and licences, as CycloneDX 1.5. Read from
 * the lockfile: `npm sbom --omit=dev` leaves out packages that development needs too, such as `graphql`.
 */

interface LockedPackage {
  /** Set if it is installed under another name. */
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
  /** In the form of Subresource Integrity. */
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
  readonly link?: boolean;
}

const folder = 'node_modules/';

const hashesOf = (integrity = '') =>
  integrity.split(' ').flatMap((one) => {
    const [, bits, digest] = /^sha(\d+)-(.+)$/.exec(one) ?? [];
    if (bits === undefined || digest === undefined) return [];
    return [{ alg: `SHA-${bits}`, content: Buffer.from(digest, 'base64').toString('hex') }];
  });

/** Packages that state their licence in the old field `licenses`, which the lockfile leaves out. */
const olderLicences: Readonly<Record<string, string>> = {
  ssh2: 'MIT',
  'cpu-features': 'MIT',
  buildcheck: 'MIT',
};

/** A licence in brackets or with operators is an expression of SPDX; `BSD` alone is no identifier. */
const licencesOf = (licence: string | undefined) => {
  if (licence === undefined) return [];
  if (/[ ()]/.test(licence)) return [{ expression: licence }];
  return [{ license: licence === 'BSD' ? { name: licence } : { id: licence } }];
};

const componentOf = (name: string, locked: LockedPackage) => {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${locked.version}`;
  const [group, rest] = name.startsWith('@') ? name.split('/') : [undefined, name];
  return {
    type: 'library',
    'bom-ref': purl,
    ...(group !== undefined && { group }),
    name: rest,
    version: locked.version,
    scope: locked.optional || locked.devOptional ? 'optional' : 'required',
    purl,
    hashes: hashesOf(locked.integrity),
    licenses: licencesOf(locked.license ?? olderLicences[name]),
  };
};

const lockfile = new URL('../../package-lock.json', import.meta.url);
const { packages } = JSON.parse(await readFile(lockfile, 'utf8')) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};
const components = new Map(
  Object.entries(packages)
    .filter(([path, { dev, link }]) => path.startsWith(folder) && !dev && !link)
    .map(([path, locked]) => {
      const name = locked.name ?? path.slice(path.lastIndexOf(folder) + folder.length);
      const component = componentOf(name, locked);
      return [component.purl, component];
    }),
);
const { name, version, license } = manifest;
const bom = {
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  version: 1,
  metadata: {
    component: {
      type: 'application',
      'bom-ref': `pkg:npm/${name}@${version}`,
      name,
      version,
      licenses: licencesOf(license),
    },
  },
  components: [...components.values()],
};
process.stdout.write(`${JSON.stringify(bom, null, 2)}\n`);
