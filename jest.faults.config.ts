import type { Config } from 'jest';
import base, { inNode } from './jest.config.ts';

/** What kills, hangs and cuts off real processes: minutes, so it has a command of its own, `npm run test:faults`. */
const config: Config = {
  ...base,
  globalSetup: '<rootDir>/ops/e2e/harness/globalSetup.ts',
  maxWorkers: 1,
  projects: [inNode('faults', ['api', 'client', 'ops'], '**/*.faults.ts')],
};

export default config;
