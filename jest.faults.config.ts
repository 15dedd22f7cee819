import type { Config } from 'jest';
import base, { inNode } from './jest.config.ts';

/** `npm run test:faults`: tests that kill, hang and cut off real processes, which takes minutes. */
const config: Config = {
  ...base,
  globalSetup: '<rootDir>/ops/e2e/harness/globalSetup.ts',
  maxWorkers: 1,
  projects: [inNode('faults', ['api', 'client', 'ops'], '**/*.faults.ts')],
};

export default config;
