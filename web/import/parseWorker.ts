import { ImportError, type ImportProblem, parseExport } from './formats/parse.ts';

/** Parses a file off the main thread, where no language is loaded. Receives a `File`; answers with the result or a problem. */
self.onmessage = async ({ data }: MessageEvent<File>) => {
  try {
    self.postMessage({ parsed: parseExport(await data.text(), Date.now()) });
  } catch (error) {
    const problem: ImportProblem = error instanceof ImportError ? error.problem : 'UNREADABLE';
    self.postMessage({ problem });
  }
};
