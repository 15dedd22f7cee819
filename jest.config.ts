import type { Config } from 'jest';

/** The default timeout of a test, in ms; long, because a busy machine is slow. */
const testTimeout = 30_000;

/** Returns a project of tests in Node: the files in `roots` whose path matches. */
export const inNode = (displayName: string, roots: readonly string[], testMatch: string) => ({
  displayName,
  testEnvironment: 'node',
  roots: roots.map((root) => `<rootDir>/${root}`),
  testMatch: [testMatch],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/ops/build/stripTypes.ts' },
});

/** The tests of `ops/` that only read code. The others drive real processes: see `jest.e2e.config.ts`. */
export const codeChecks = ['ops/structure', 'ops/schema'];

/** `npm run test:heavy` runs these tests beside the code: `NAME.attacks.test.ts` and so on. */
export const heavySuites = '(attacks|faults|floods|slow)';

/** `npm test`: the tests beside the code, and the checks of the code itself. */
const config: Config = {
  globalSetup: '<rootDir>/ops/e2e/harness/findModel.ts',
  maxWorkers: '100%',
  // The modules of a test file are never freed, so a worker that ran hundreds of files would reach the heap's limit.
  workerIdleMemoryLimit: '2GB',
  testTimeout,
  reporters: ['default', '<rootDir>/ops/ci/skipped.ts'],
  projects: [
    {
      ...inNode('api', ['api', 'client', ...codeChecks], '**/*.test.ts'),
      testPathIgnorePatterns: [`\\.${heavySuites}\\.test\\.ts$`],
    },
    {
      displayName: 'web',
      testEnvironment: 'jsdom',
      // A browser's page, but Node's builds of packages, because tests run servers in the same process.
      testEnvironmentOptions: { customExportConditions: ['node', 'node-addons'] },
      setupFiles: ['<rootDir>/web/testing/setup.ts'],
      moduleNameMapper: { '\\.css$': '<rootDir>/web/testing/style.ts' },
      roots: ['<rootDir>/web'],
      testMatch: ['**/*.test.ts', '**/*.test.tsx'],
      extensionsToTreatAsEsm: ['.ts', '.tsx', '.po'],
      transform: {
        '\\.po$': '<rootDir>/web/testing/catalog.ts',
        '\\.tsx?$': [
          'babel-jest',
          {
            presets: [
              ['@babel/preset-typescript', { onlyRemoveTypeImports: true }],
              ['@babel/preset-react', { runtime: 'automatic' }],
            ],
            plugins: ['relay', '@lingui/lingui-macro'],
            babelrc: false,
            configFile: false,
          },
        ],
      },
    },
  ],
};

export default config;
