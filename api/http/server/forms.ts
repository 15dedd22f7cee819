import { badInput } from '../../errors/failures.ts';

const boundary = /;\s*boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i;

/** Maximum parts of a form. */
export const maxFormParts = 12;

/** Whether this `Content-Type` is that of a form with files. */
export const isForm = (type: string): boolean => /^multipart\/form-data\s*;/i.test(type);

/** Parses a form with files. Throws `BAD_USER_INPUT`, also for so many parts that only parsing them would delay others. */
export const parseForm = async (body: Uint8Array<ArrayBuffer>, type: string): Promise<FormData> => {
  checkParts(Buffer.from(body.buffer, body.byteOffset, body.byteLength), type);
  return new Response(body, { headers: { 'Content-Type': type } }).formData().catch(() => {
    throw badInput('body', 'The body is not valid multipart/form-data.');
  });
};

const checkParts = (body: Buffer, type: string): void => {
  const [, quoted, plain] = boundary.exec(type) ?? [];
  const separator = quoted ?? plain;
  if (separator === undefined) throw badInput('body', 'The Content-Type has no boundary.');
  let parts = -1;
  for (let at = body.indexOf(`--${separator}`); at >= 0; at = body.indexOf(`--${separator}`, at + 1)) {
    parts += 1;
    if (parts > maxFormParts) {
      throw badInput('body', `The body has more than ${maxFormParts} parts. Send fewer files at once.`);
    }
  }
};
