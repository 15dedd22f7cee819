import sharp from 'sharp';
import { imageLimits, rejectImage } from '../image.ts';

/** A picture in shades of gray, one byte per pixel, row by row. */
export interface GrayImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array<ArrayBuffer>;
}

/** The maximum length of the longer side of a picture that is recognized, in pixels: A4 at 220 dpi. */
export const maxSide = 2_600;

/** How much a small picture is enlarged: letters of screenshots have fewer pixels than OCR needs. */
const maxEnlargement = 2;

/** Decodes an image that `prepareImage` accepted for OCR: upright, in gray on white. */
export const grayImageOf = async (bytes: Buffer): Promise<GrayImage> => {
  const input = sharp(bytes, imageLimits.decoding).timeout({ seconds: imageLimits.seconds });
  const { width, height } = await input.metadata().catch(rejectImage);
  const side = Math.min(maxSide, maxEnlargement * Math.max(width, height));
  const { data, info } = await input
    .autoOrient()
    .flatten({ background: 'white' })
    .resize({ width: side, height: side, fit: 'inside' })
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch(rejectImage);
  return { width: info.width, height: info.height, pixels: new Uint8Array(data) };
};

/** Whether not all pixels have the same shade, as those of an empty page have. */
export const hasContrast = ({ pixels }: GrayImage): boolean => pixels.some((pixel) => pixel !== pixels[0]);

/** Encodes a picture as a binary PGM (Netpbm). */
export const pgmOf = ({ width, height, pixels }: GrayImage): Buffer =>
  Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), pixels]);
