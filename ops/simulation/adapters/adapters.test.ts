import { startSimulation } from '../shards.ts';
import { serverUrls } from './servers.ts';

const servers = serverUrls();
const schedules = 6;
const limitMs = 300_000;

const describeWithServers = (name: string, suite: () => void): void => {
  if ('missing' in servers) describe.skip(`${name} (skipped: ${servers.missing} is not set)`, suite);
  else describe(name, suite);
};

describeWithServers('the simulated commands on Redis and MongoDB', () => {
  it(
    `violate nothing in ${schedules} schedules, whose seed is printed`,
    async () => {
      const { code, output } = await startSimulation([
        '--adapters',
        '--runs',
        `${schedules}`,
        '--parallel',
        '3',
      ]).ended;
      // The whole output, so that a failure shows the commands and how to replay them.
      expect(output).toMatch(
        new RegExp(`^seed \\d+: no violation in ${schedules} schedules on Redis and MongoDB`),
      );
      expect(code).toBe(0);
    },
    limitMs,
  );

  it(
    'violate a guarantee when a known defect is applied, and none without it',
    async () => {
      const { code, output } = await startSimulation(['--adapters', '--defects']).ended;
      expect(output).toMatch(
        /^\| unfenced-content \| \S+ is COMPLETED, and its text changed .* \| none \|$/m,
      );
      expect(output).toMatch(
        /^\| superseded-run-ends \| the usage of \S+, attempt 1 was counted, but it did not end \| none \|$/m,
      );
      expect(code).toBe(0);
    },
    limitMs,
  );
});
