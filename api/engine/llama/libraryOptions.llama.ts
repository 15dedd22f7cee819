import type { LlamaOptions } from 'node-llama-cpp';

/** Options of the library for each thread that loads it. */
export const libraryOptions = (library: typeof import('node-llama-cpp')): LlamaOptions => ({
  build: 'never',
  skipDownload: true,
  progressLogs: false,
  logLevel: library.LlamaLogLevel.warn,
});
