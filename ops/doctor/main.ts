import { parseArgs } from 'node:util';
import { type Config, readConfig } from '../../api/config/config.ts';
import { ConfigError } from '../../api/config/read.ts';
import { systemCode } from '../../api/errors/systemErrors.ts';
import { version } from '../../api/process/version.ts';
import { readEnvironment } from '../environment.ts';
import { checkEngines } from './engines.ts';
import { type Finding, failed, ok } from './finding.ts';
import { checkIdentity } from './identity.ts';
import { checkMachine } from './machine.ts';
import { checkStores } from './stores.ts';

/** `npm run doctor`: checks the machine and everything that the service depends on. */

const usage = `npm run doctor [-- --json] [--quick]
Checks Node, memory, disk, ports, clock, GPU, variables, engines, MongoDB, Redis, and single sign-on, and prints what to do
for each finding. It changes nothing, and prints no secrets. --json prints the report for support. --quick measures no speed.
Exits with 0 if nothing failed, 1 if something did, 2 if it can't run.`;

const marks = { ok: 'ok     ', warning: 'WARNING', failed: 'FAILED ' } as const;

const readVariables = (): Config | Finding => {
  try {
    return readConfig(readEnvironment());
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return failed(
      'variables',
      error.message,
      'Correct it in .env or in the environment; see docs/configuration.md.',
    );
  }
};

const diagnose = async (isMeasured: boolean): Promise<readonly Finding[]> => {
  const config = readVariables();
  if ('check' in config) return [config];
  const found = await Promise.all([
    checkMachine(config),
    checkStores(config),
    checkEngines(config, isMeasured),
    checkIdentity(config),
  ]);
  return [ok('variables', 'All variables are valid.'), ...found.flat()];
};

const print = (findings: readonly Finding[]) => {
  const lines = findings.flatMap(({ check, status, message, remedy }) => [
    `${marks[status]} ${check}: ${message}`,
    ...(remedy === undefined ? [] : [`        → ${remedy}`]),
  ]);
  process.stdout.write(`${lines.join('\n')}\n`);
};

try {
  const { json, quick, help } = parseArgs({
    options: { json: { type: 'boolean' }, quick: { type: 'boolean' }, help: { type: 'boolean' } },
  }).values;
  if (help) process.stdout.write(`${usage}\n`);
  else {
    const findings = await diagnose(!quick);
    const at = new Date().toISOString();
    if (json) process.stdout.write(`${JSON.stringify({ version, at, findings }, null, 2)}\n`);
    else print(findings);
    process.exitCode = findings.some(({ status }) => status === 'failed') ? 1 : 0;
  }
} catch (error) {
  const isUsage = systemCode(error)?.startsWith('ERR_PARSE_ARGS') === true;
  const text = error instanceof Error ? (isUsage ? error.message : error.stack) : String(error);
  process.stderr.write(`doctor: ${text}\n`);
  process.exitCode = 2;
}
