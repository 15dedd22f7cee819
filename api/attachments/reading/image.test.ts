import sharp from 'sharp';
import { prepareImage } from './image.ts';

const solid = (width: number, height: number, channels: 3 | 4 = 3) =>
  sharp({ create: { width, height, channels, background: { r: 200, g: 30, b: 30, alpha: 0.5 } } });

describe('preparing an image', () => {
  it('strips metadata and turns it upright', async () => {
    const photo = await solid(40, 20)
      .jpeg()
      .withExif({ IFD0: { Copyright: 'Berlin' }, IFD3: { GPSLatitude: '52/1 31/1 0/1' } })
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const { bytes, mediaType, width, height } = await prepareImage(photo);
    expect([mediaType, width, height]).toEqual(['image/jpeg', 20, 40]);
    const { exif, orientation } = await sharp(bytes).metadata();
    expect([exif, orientation]).toEqual([undefined, undefined]);
  });

  it('resizes a large one, and keeps transparency', async () => {
    const { mediaType, width, height } = await prepareImage(await solid(4096, 1024, 4).webp().toBuffer());
    expect([mediaType, width, height]).toEqual(['image/png', 2048, 512]);
  });

  it('rejects a damaged one, and one with too many pixels', async () => {
    const photo = await solid(100, 100).png().toBuffer();
    await expect(prepareImage(photo.subarray(0, 60))).rejects.toThrow(/is damaged/);
    const huge = await solid(8000, 8000).png({ compressionLevel: 9 }).toBuffer();
    await expect(prepareImage(huge)).rejects.toThrow(/at most 50 million/);
  });
});
