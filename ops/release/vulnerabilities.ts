import { npm } from './npm.ts';

/**
 * `npm run vulnerabilities`: asks the registry for known vulnerabilities of the packages that run in the product. Exits with
 * 1 for severe ones. Without an answer it prints that nothing was checked, and exits with 0: a machine may be offline.
 */

interface Vulnerability {
  readonly name: string;
  readonly severity: string;
  readonly range: string;
  /** Advisories, or the names of dependencies that have some. */
  readonly via: readonly (string | { readonly title: string; readonly url: string })[];
}

interface Report {
  readonly vulnerabilities?: Readonly<Record<string, Vulnerability>>;
  /** The reason, if there is no report. */
  readonly message?: string;
}

const severe = new Set(['high', 'critical']);

const describe = ({ name, range, severity, via }: Vulnerability): string => {
  const reasons = via.map((one) => (typeof one === 'string' ? `by ${one}` : `${one.title} ${one.url}`));
  return `${name} ${range}: ${severity}: ${reasons.join('; ')}`;
};

const readReport = async (): Promise<Report> => {
  try {
    return JSON.parse(
      await npm(['audit', '--omit=dev', '--json', '--fetch-retries=1', '--fetch-timeout=15000']),
    );
  } catch (error) {
    return { message: error instanceof Error ? error.message : String(error) };
  }
};

const { vulnerabilities, message = 'no report' } = await readReport();
if (!vulnerabilities) {
  process.stdout.write(`vulnerabilities: not checked, because the registry gave no answer: ${message}\n`);
} else {
  const found = Object.values(vulnerabilities);
  for (const one of found) process.stdout.write(`${describe(one)}\n`);
  const count = found.filter(({ severity }) => severe.has(severity)).length;
  process.stdout.write(`vulnerabilities: ${found.length} packages, ${count} of them high or critical\n`);
  if (count > 0) process.stdout.write('Raise these packages in package.json, or override them there.\n');
  process.exitCode = count > 0 ? 1 : 0;
}
