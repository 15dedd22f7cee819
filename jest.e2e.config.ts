import type { Config } from 'jest';
import base, { codeChecks, inNode } from './jest.config.ts';

/**
 * `npm run test:e2e`: journeys through real processes, which are servers, browsers, npm and programs of users. Every
 * test in `ops/` is one, except for the checks of the code. One at a time, since each keeps several processes busy.
 */
const config: Config = {
  ...base,
  globalSetup: '<rootDir>/ops/e2e/harness/globalSetup.ts',
  maxWorkers: 1,
  projects: [
    {
      ...inNode('e2e', ['ops'], '**/*.test.ts'),
      testPathIgnorePatterns: codeChecks.map((folder) => `<rootDir>/${folder}/`),
    },
  ],
};

export default config;
