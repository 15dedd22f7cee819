import type { Config } from 'jest';
import base from './jest.config.ts';

/** What kills, hangs and cuts off real processes: minutes, so it has a command of its own, `npm run test:faults`. */
const config: Config = {
  ...base,
  projects: base.projects
    ?.filter((project) => typeof project === 'object' && project.displayName === 'api')
    .map((project) => ({ ...(project as object), displayName: 'faults', testMatch: ['**/*.faults.ts'] })),
};

export default config;
