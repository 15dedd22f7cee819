import { buffer } from 'node:stream/consumers';
import type { Engine } from '../../engine/engine.ts';
import { badInput, Failure, notFound } from '../../errors/failures.ts';
import {
  type MeasureContent,
  maxAttachments,
  type PromptAttachments,
  type PromptContent,
} from '../../generations/promptAttachments.ts';
import type { MessageAttachment } from '../../messages/message.ts';
import type { Attachment } from '../attachment.ts';
import type { AttachmentFiles } from '../files/files.ts';
import type { AttachmentStore } from '../store/store.ts';
import { documentInPrompt, sharesOf } from './documentText.ts';

export interface PromptAttachmentsDeps {
  readonly attachments: Pick<AttachmentStore, 'findMany' | 'text' | 'assign'>;
  readonly files: Pick<AttachmentFiles, 'open'>;
  readonly engine: Pick<Engine, 'models'>;
}

/** Maximum characters of all documents of a message: counting the tokens of more would take seconds. */
const maxCharacters = 900_000;

/** Maximum measurements to fit documents. Each one is closer; after the last, the prompt's own check decides. */
const maxRounds = 8;

/** The least that a round takes away, as a share, so that each one makes progress. */
const leastCut = 0.97;

/** An attachment with its text. */
interface Loaded {
  readonly attachment: Attachment;
  readonly text: string;
}

export const createPromptAttachments = (deps: PromptAttachmentsDeps): PromptAttachments => {
  const { attachments, files, engine } = deps;

  /** Returns the attachments that still exist, in the order of `ids`. */
  const load = async (ownerId: string, ids: readonly string[]): Promise<readonly Loaded[]> => {
    const found = await attachments.findMany(ownerId, ids);
    const loaded: Loaded[] = [];
    for (const attachment of found) {
      if (!attachment) continue;
      const text = attachment.format === 'IMAGE' ? '' : await attachments.text(ownerId, attachment.id);
      if (text !== null) loaded.push({ attachment, text });
    }
    return loaded;
  };

  const canSee = async (model: string, signal: AbortSignal): Promise<boolean> =>
    (await engine.models(signal)).find(({ name }) => name === model)?.capabilities.includes('vision') ??
    false;

  /** Returns an image in base64; null if it was deleted in the meantime. */
  const imageOf = async ({ fileKey }: Attachment): Promise<string | null> => {
    try {
      return (await buffer(await files.open(fileKey))).toString('base64');
    } catch (error) {
      if (error instanceof Failure && error.code === 'NOT_FOUND') return null;
      throw error;
    }
  };

  return {
    async check(ownerId, ids, conversationId) {
      if (ids.length > maxAttachments) {
        throw badInput(
          'attachments',
          `attachments has ${ids.length} items; a message may have at most ${maxAttachments}.`,
        );
      }
      if (new Set(ids).size < ids.length) throw badInput('attachments', 'attachments has the same id twice.');
      const found = await attachments.findMany(ownerId, ids);
      for (const attachment of found) {
        if (!attachment) throw notFound('attachment');
        if (attachment.conversationId !== null && attachment.conversationId !== conversationId) {
          throw badInput(
            'attachments',
            `"${attachment.name}" is in another conversation, with which it is deleted. Upload it again.`,
          );
        }
      }
    },

    async fit({ ownerId, content, model, attachmentIds }, measure, room) {
      const loaded = await load(ownerId, attachmentIds);
      const image = loaded.find(({ attachment }) => attachment.format === 'IMAGE');
      if (image && !model.capabilities.includes('vision')) {
        throw badInput(
          'attachments',
          `${model.name} can't see images, and "${image.attachment.name}" is one. Remove it, or use a model with the capability "vision".`,
        );
      }
      return fitDocuments(content, loaded, measure, room);
    },

    async contentOf(message, model, signal, withImages = true) {
      const { ownerId, content, attachments: attached = [], conversationId } = message;
      if (attached.length === 0) return { content };
      const loaded = await load(
        ownerId,
        attached.map(({ id }) => id),
      );
      const unassigned = loaded.filter(({ attachment }) => attachment.conversationId === null);
      if (conversationId !== undefined && unassigned.length > 0) {
        const ids = unassigned.map(({ attachment }) => attachment.id);
        await attachments.assign(ownerId, ids, conversationId);
      }
      const pictures = loaded.filter(({ attachment }) => attachment.format === 'IMAGE');
      if (pictures.length === 0) return assemble(content, loaded, attached, []);
      if (!(await canSee(model, signal))) {
        const notes = pictures.map(({ attachment }) => `[The image "${attachment.name}" is left out.]`);
        return assemble([...notes, content].join('\n\n'), loaded, attached, []);
      }
      const images: string[] = [];
      for (const { attachment } of pictures) {
        const image = withImages ? await imageOf(attachment) : '';
        if (image !== null) images.push(image);
      }
      return assemble(content, loaded, attached, images);
    },

    assign: (ownerId, ids, conversationId) => attachments.assign(ownerId, ids, conversationId),
  };
};

/** Puts documents before the text: models follow the last instruction best. */
const assemble = (
  content: string,
  loaded: readonly Loaded[],
  attached: readonly MessageAttachment[],
  images: readonly string[],
): PromptContent => {
  const omitted = new Map(attached.map((one) => [one.id, one.omitted]));
  const documents = loaded
    .filter(({ attachment }) => attachment.format !== 'IMAGE')
    .map(({ attachment, text }) => documentInPrompt(attachment, text, omitted.get(attachment.id) ?? 0));
  return { content: [...documents, content].join('\n\n'), ...(images.length > 0 && { images }) };
};

/** Measures the prompt, and shortens the documents until it fits. */
const fitDocuments = async (
  content: string,
  loaded: readonly Loaded[],
  measure: MeasureContent,
  room: (limit: number) => number,
): Promise<readonly MessageAttachment[]> => {
  const lengths = loaded.map(({ text }) => text.length);
  const images = loaded.filter(({ attachment }) => attachment.format === 'IMAGE').map(() => '');
  const cutTo = (total: number): readonly MessageAttachment[] => {
    const shares = sharesOf(lengths, total);
    return loaded.map(({ attachment }, index) => ({
      id: attachment.id,
      omitted: (lengths[index] ?? 0) - (shares[index] ?? 0),
    }));
  };
  const whole = lengths.reduce((sum, length) => sum + length, 0);
  let total = Math.min(whole, maxCharacters);
  let cut = cutTo(total);
  if (whole === 0) return cut;
  const { tokens: others, limit } = await measure(assemble(content, loaded, cutTo(0), images));
  if (limit === null) return cut;
  const available = room(limit);
  // No text has so many characters per token that more could fit.
  total = Math.min(total, Math.max(0, available) * 16);
  for (let round = 0; round < maxRounds && total > 0; round += 1) {
    cut = cutTo(total);
    const { tokens } = await measure(assemble(content, loaded, cut, images));
    if (tokens <= available) return cut;
    const share = Math.max(0, available - others) / Math.max(1, tokens - others);
    total = Math.floor(total * Math.min(leastCut, share));
  }
  return cutTo(total);
};
