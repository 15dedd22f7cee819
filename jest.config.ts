import type { Config } from 'jest';

const typescript = ['@babel/preset-typescript', { onlyRemoveTypeImports: true }];

const config: Config = {
  // Suites kill and hang real servers; a socket left half open by one must not keep a finished run from ending.
  forceExit: true,
  globalSetup: '<rootDir>/ops/e2e/harness/globalSetup.ts',
  projects: [
    {
      displayName: 'api',
      testEnvironment: 'node',
      roots: ['<rootDir>/api', '<rootDir>/client', '<rootDir>/ops'],
      testMatch: ['**/*.test.ts'],
      extensionsToTreatAsEsm: ['.ts'],
      transform: { '\\.ts$': ['babel-jest', { presets: [typescript], babelrc: false, configFile: false }] },
    },
    {
      displayName: 'web',
      testEnvironment: 'jsdom',
      // A browser's page, but Node's builds of packages: servers that a test talks to run beside it.
      testEnvironmentOptions: { customExportConditions: ['node', 'node-addons'] },
      setupFiles: ['<rootDir>/web/testing/setup.ts'],
      roots: ['<rootDir>/web'],
      testMatch: ['**/*.test.ts', '**/*.test.tsx'],
      extensionsToTreatAsEsm: ['.ts', '.tsx'],
      transform: {
        '\\.tsx?$': [
          'babel-jest',
          {
            presets: [typescript, ['@babel/preset-react', { runtime: 'automatic' }]],
            plugins: ['relay'],
            babelrc: false,
            configFile: false,
          },
        ],
      },
    },
  ],
};

export default config;
