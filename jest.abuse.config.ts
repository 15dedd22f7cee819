import type { Config } from 'jest';
import base, { inNode } from './jest.config.ts';

/** `npm run test:abuse`: floods against real servers with little memory and one core. `ABUSE=short` runs a part of them. */
const config: Config = {
  ...base,
  maxWorkers: 1,
  projects: [inNode('abuse', ['ops/abuse'], '**/*.abuse.ts')],
};

export default config;
