import type { Config } from 'jest';
import base, { heavySuites, inNode } from './jest.config.ts';

/** `npm run test:heavy`: the tests beside the code that attack, flood or break the service, or wait for long. */
const config: Config = {
  ...base,
  projects: [inNode('heavy', ['api', 'client'], `**/*.${heavySuites}.test.ts`)],
};

export default config;
