import { z } from 'zod';
import { forEveryRole, parseByRole } from '../access/byRole.ts';
import {
  type AttachmentFormat,
  attachmentFormats,
  parseAttachmentFormats,
} from './values/attachmentFormats.ts';
import { parseBucketAddress } from './values/bucket.ts';
import { parseBytes } from './values/bytes.ts';
import { parsed, variable } from './variable.ts';

const formats = attachmentFormats.join('+').toLowerCase();

const credential = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{1,256}$/, 'give the key as the store issued it')
  .nullable()
  .default(null);

/** Which files may be attached to messages, how they are read, and where they are. */
export const attachmentVariables = {
  ATTACHMENT_LIMIT: variable({
    schema: parsed(
      parseByRole(parseBytes),
      'give a size such as 20MB, off, or by role MEMBER=20MB,ADMIN=off',
    ).default(forEveryRole(20e6)),
    default: '`20MB`',
    meaning:
      'how large an attached file may be (`KB`, `MB`); `off`: 100 MB, the maximum; or by role: `MEMBER=20MB,ADMIN=off`',
  }),
  ATTACHMENT_FORMATS: variable({
    schema: parsed(
      parseByRole(parseAttachmentFormats),
      `give formats such as text+pdf (known: ${formats}), off, or by role MEMBER=text+pdf,ADMIN=off`,
    ).default(forEveryRole<readonly AttachmentFormat[]>(null)),
    default: '`off`',
    meaning: `which formats may be attached, of \`${formats}\`; \`off\`: all; or by role: \`MEMBER=text+pdf,ADMIN=off\``,
  }),
  ATTACHMENTS_URL: variable({
    schema: parsed(
      parseBucketAddress,
      'give s3://bucket/prefix for AWS, or s3+https://host/bucket/prefix, without credentials',
    )
      .nullable()
      .default(null),
    default: 'none: `DATA_DIR`, or MongoDB',
    meaning:
      'the bucket of an S3-compatible store for attached files: `s3://bucket/prefix` for AWS, `s3+https://host:9000/bucket/prefix` for others',
  }),
  AWS_ACCESS_KEY_ID: variable({
    schema: credential,
    default: 'none',
    meaning: 'the access key of the bucket in `ATTACHMENTS_URL`',
  }),
  AWS_SECRET_ACCESS_KEY: variable({
    schema: credential,
    default: 'none',
    meaning: 'the secret of the access key',
    secret: true,
  }),
  AWS_REGION: variable({
    schema: z
      .string()
      .regex(/^[a-z0-9-]{2,40}$/, 'give a region such as eu-central-1')
      .default('us-east-1'),
    default: '`us-east-1`',
    meaning: 'the region of the bucket',
  }),
  OCR_LANGUAGES: variable({
    schema: z
      .string()
      .transform((text) => (text === 'off' ? [] : text.split('+').map((code) => code.trim())))
      .refine(
        (codes) => codes.length <= 8 && codes.every((code) => /^[a-z]{3}(?:_[a-z]{2,10}){0,2}$/i.test(code)),
        'give at most 8 codes of languages, such as eng+deu, or off',
      )
      .default([]),
    default: '`off`',
    meaning:
      'the languages of text that OCR reads from images and scanned PDFs, the main one first: `eng+deu`; `eng`, `deu` and `ara` are installed, others by `npm install @tesseract.js-data/CODE`; `off`: no OCR',
  }),
} as const;
