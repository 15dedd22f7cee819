import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { StartupError } from '../../../errors/startupError.ts';

/** A language that OCR reads, with the file of its data. */
export interface OcrLanguage {
  /** Tesseract's code, such as `eng`. */
  readonly code: string;
  /** The path of its compressed data. */
  readonly file: string;
}

const { resolve } = createRequire(import.meta.url);

/** Finds the data of languages in their installed packages; nothing is downloaded. Throws `StartupError`. */
export const findOcrLanguages = (codes: readonly string[]): readonly OcrLanguage[] =>
  codes.map((code) => {
    const name = `@tesseract.js-data/${code}`;
    const file = join(folderOf(name) ?? '', '4.0.0_best_int', `${code}.traineddata.gz`);
    if (existsSync(file)) return { code, file };
    throw new StartupError(
      `OCR_LANGUAGES can't be used: the data of the language "${code}" is not installed. Install it with npm install ${name}, or leave the language out.`,
    );
  });

const folderOf = (name: string): string | null => {
  try {
    return dirname(resolve(`${name}/package.json`));
  } catch {
    return null;
  }
};
