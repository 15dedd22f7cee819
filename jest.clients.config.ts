import type { Config } from 'jest';
import base, { inNode } from './jest.config.ts';

/** `npm run test:clients`: programs of others, which it installs into a cache, against a real server and model. */
const config: Config = {
  ...base,
  globalSetup: '<rootDir>/ops/e2e/harness/globalSetup.ts',
  maxWorkers: 1,
  projects: [inNode('clients', ['ops/clients'], '**/*.clients.ts')],
};

export default config;
