import { z } from 'zod';
import { maxFileNameLength } from '../../../attachments/fileName.ts';
import { base64 } from '../completionFields.ts';
import type { createFileReader } from '../openai/fileParts.ts';
import type { imageBlock, Message, textBlock } from './anthropicRequests.ts';

/** A file of a message, or of the result of a tool. */
export const documentBlock = z.object({
  type: z.literal('document'),
  title: z.string().max(maxFileNameLength).nullish(),
  source: z.discriminatedUnion('type', [
    z.object({
      type: z.literal('base64'),
      media_type: z.string().max(100),
      data: base64('must be base64'),
    }),
    z.object({ type: z.literal('text'), media_type: z.string().max(100).nullish(), data: z.string() }),
  ]),
});

type ReadBlock = z.output<typeof textBlock> | z.output<typeof imageBlock>;

/** Replaces the documents of messages by their text, or by an image. */
export const withDocumentsRead = async (
  messages: readonly Message[],
  readFile: ReturnType<typeof createFileReader>,
): Promise<Message[]> => {
  const read = async ({ title, source }: z.output<typeof documentBlock>): Promise<ReadBlock> => {
    const isText = source.type === 'text';
    const file = await readFile({
      filename: title || (isText ? 'document.txt' : 'document'),
      file_data: isText ? Buffer.from(source.data).toString('base64') : source.data,
    });
    return 'text' in file
      ? { type: 'text', text: file.text }
      : { type: 'image', source: { type: 'base64', media_type: 'image/png', data: file.image } };
  };
  const all: Message[] = [];
  // One after another: the reader counts the files, and large ones take much memory.
  for (const message of messages) {
    if (message.role !== 'user' || typeof message.content === 'string') {
      all.push(message);
      continue;
    }
    const content: typeof message.content = [];
    for (const block of message.content) {
      if (block.type === 'document') content.push(await read(block));
      else if (block.type !== 'tool_result' || !Array.isArray(block.content)) content.push(block);
      else {
        const parts: typeof block.content = [];
        for (const part of block.content) parts.push(part.type === 'document' ? await read(part) : part);
        content.push({ ...block, content: parts });
      }
    }
    all.push({ ...message, content });
  }
  return all;
};
