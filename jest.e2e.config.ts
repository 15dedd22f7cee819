import type { Config } from 'jest';
import base, { codeChecks, inNode } from './jest.config.ts';

/**
 * `npm run test:e2e`: journeys with real servers, browsers, npm and client programs. Every test in `ops/` is one, except the
 * checks of the code. They run one at a time, because each uses several processes.
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
