import { ImportError, parseExport } from './formats/parse.ts';

/** Parses a file off the main thread. Receives a `File`; answers with the result, or with a problem for people. */
self.onmessage = async ({ data }: MessageEvent<File>) => {
  try {
    self.postMessage({ parsed: parseExport(await data.text(), Date.now()) });
  } catch (error) {
    const problem =
      error instanceof ImportError ? error.message : 'This file could not be read. Try it again.';
    self.postMessage({ problem });
  }
};
