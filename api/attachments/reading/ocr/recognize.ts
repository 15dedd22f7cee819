import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Unreadable } from '../document.ts';
import type { OcrLanguage } from './languages.ts';
import { type GrayImage, hasContrast, pgmOf } from './pixels.ts';

/** The part of Tesseract's API that is used. */
interface TesseractApi {
  /** Returns 0 on success. */
  Init(dataPath: null, languages: string, engine: number): number;
  SetVariable(name: string, value: string): boolean;
  /** Reads `/input`. Returns 0 on success. */
  SetImageFile(exif: number, angle: number): number;
  Recognize(monitor: null): number;
  GetUTF8Text(): string;
  /** The mean confidence of the words, from 0 to 100. */
  MeanTextConf(): number;
  Clear(): void;
}

interface TesseractModule {
  readonly FS: { writeFile(path: string, data: Uint8Array): void };
  readonly TessBaseAPI: new () => TesseractApi;
}

type CreateTesseract = (options: Readonly<Record<string, () => void>>) => Promise<TesseractModule>;

/** Recognizes the text of one picture after another. Each takes seconds, in which the thread does nothing else. */
export interface Recognizer {
  /** Returns the text in reading order; empty if there is none. */
  recognize(image: GrayImage): string;
}

/** Neural networks only, the one engine that the data has. */
const lstm = 1;

/** Finds columns and blocks of text by itself. */
const automatic = '3';

/** In a picture without text, Tesseract takes shapes for letters, with less confidence. */
const minConfidence = 50;

/**
 * Loads Tesseract into this thread. The package `tesseract.js` would start another thread, to which the limits of this one
 * don't apply.
 */
export const createRecognizer = async (languages: readonly OcrLanguage[]): Promise<Recognizer> => {
  const require = createRequire(import.meta.url);
  const create: CreateTesseract = require('tesseract.js-core/tesseract-core-simd-lstm.js');
  const ignore = () => {};
  const { FS, TessBaseAPI } = await create({ print: ignore, printErr: ignore, TesseractProgress: ignore });
  for (const { code, file } of languages) {
    FS.writeFile(`/${code}.traineddata`, await promisify(gunzip)(await readFile(file)));
  }
  const api = new TessBaseAPI();
  if (api.Init(null, languages.map(({ code }) => code).join('+'), lstm) !== 0) {
    throw new Error(`ocr: Tesseract rejected the data of ${languages.map(({ code }) => code).join(', ')}`);
  }
  api.SetVariable('tessedit_pageseg_mode', automatic);
  return {
    recognize(image) {
      if (!hasContrast(image)) return '';
      FS.writeFile('/input', pgmOf(image));
      if (api.SetImageFile(1, 0) !== 0) throw new Unreadable('has a picture that OCR can not read.');
      api.Recognize(null);
      const text = api.GetUTF8Text().trim();
      const isText = api.MeanTextConf() >= minConfidence && /[\p{L}\p{N}]/u.test(text);
      api.Clear();
      return isText ? text : '';
    },
  };
};
