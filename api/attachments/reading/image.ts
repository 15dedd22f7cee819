import sharp from 'sharp';
import { damagedFile, Unreadable } from './document.ts';

/** An image as it is stored and sent to models. */
export interface PreparedImage {
  readonly bytes: Buffer;
  readonly mediaType: 'image/jpeg' | 'image/png';
  readonly width: number;
  readonly height: number;
}

/** Limits of an image file. */
const limits = {
  /** The longer side of a stored image, in pixels. Models see less. */
  side: 2048,
  /** Pixels of a file, before it is resized: a small file can have billions. */
  pixels: 50_000_000,
  /** The time to decode and encode an image, in seconds. */
  seconds: 10,
} as const;

/** How image files are decoded everywhere. */
export const imageLimits = {
  seconds: limits.seconds,
  decoding: { limitInputPixels: limits.pixels, failOn: 'error', pages: 1 },
} as const;

/**
 * Decodes an image and encodes it again: upright, resized to 2,048 pixels, and without metadata such as the place where a
 * photo was taken. The first picture of an animation. Throws `Unreadable`.
 */
export const prepareImage = async (bytes: Buffer): Promise<PreparedImage> => {
  const options = imageLimits.decoding;
  const { width, height, hasAlpha } = await sharp(bytes, options).metadata().catch(rejectImage);
  if (width * height > limits.pixels) {
    throw new Unreadable(
      `has ${width} × ${height} pixels; at most ${limits.pixels / 1e6} million are read. Resize it.`,
    );
  }
  const resized = sharp(bytes, options)
    .timeout({ seconds: limits.seconds })
    .autoOrient()
    .resize({ width: limits.side, height: limits.side, fit: 'inside', withoutEnlargement: true });
  // Engines take both. PNG keeps transparency.
  const encoded = hasAlpha ? resized.png() : resized.jpeg({ quality: 85 });
  const { data, info } = await encoded.toBuffer({ resolveWithObject: true }).catch(rejectImage);
  return {
    bytes: data,
    mediaType: hasAlpha ? 'image/png' : 'image/jpeg',
    width: info.width,
    height: info.height,
  };
};

/** Throws the failure for an image that `sharp` can't read. */
export const rejectImage = (error: unknown): never => {
  if (error instanceof Error && /timeout/i.test(error.message)) {
    throw new Unreadable(`took longer than ${limits.seconds} s to read. Resize it.`);
  }
  if (error instanceof Error && /pixel limit/i.test(error.message)) {
    throw new Unreadable(`has too many pixels; at most ${limits.pixels / 1e6} million are read. Resize it.`);
  }
  throw damagedFile(error);
};
