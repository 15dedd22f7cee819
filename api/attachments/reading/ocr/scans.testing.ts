import sharp from 'sharp';
import { pdfOf, pdfOfObjects, streamOf } from '../documents.testing.ts';
import { openPdfPages } from './pdfPages.ts';

/** Draws a line of text as a PNG, with the font that PDFium brings: machines of tests may have none. */
export const pictureOf = async (text: string, fontSize = 24): Promise<Buffer> => {
  const { width, height, pixels } = await (await openPdfPages(pdfOf([text], '', fontSize))).draw(1);
  return sharp(pixels, { raw: { width, height, channels: 1 } })
    .resize({ width: 1_200 })
    .png()
    .toBuffer();
};

/** Returns pixels of any colour, in which there is nothing to read. */
export const noiseOf = async (width: number, height: number): Promise<Buffer> =>
  sharp({
    create: {
      width,
      height,
      channels: 3,
      background: 'white',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  })
    .png()
    .toBuffer();

/** Writes a PDF whose pages are pictures, as scanners do. Null: an empty page. */
export const scanOf = async (pictures: readonly (Buffer | null)[]): Promise<Buffer> => {
  const kids = pictures.map((_, index) => `${3 + index * 3} 0 R`).join(' ');
  const objects: (string | Buffer)[] = [
    '<</Type/Catalog/Pages 2 0 R>>',
    `<</Type/Pages/Count ${pictures.length}/Kids[${kids}]>>`,
  ];
  for (const [index, picture] of pictures.entries()) {
    const at = 3 + index * 3;
    const image = sharp(picture ?? (await sharp({ create: blank }).png().toBuffer())).toColourspace('b-w');
    const { data, info } = await image.jpeg().toBuffer({ resolveWithObject: true });
    objects.push(
      `<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</XObject<</I ${at + 2} 0 R>>>>/Contents ${at + 1} 0 R>>`,
      streamOf(Buffer.from('600 0 0 800 0 0 cm /I Do')),
      imageObject(data, info.width, info.height, 'DCTDecode'),
    );
  }
  return pdfOfObjects(objects);
};

const blank = { width: 60, height: 80, channels: 3, background: 'white' } as const;

/** Writes an image of a PDF in gray. */
export const imageObject = (data: Buffer, width: number, height: number, filter: string): Buffer =>
  streamOf(
    data,
    `/Type/XObject/Subtype/Image/Width ${width}/Height ${height}/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/${filter}`,
  );
