import { buffer } from 'node:stream/consumers';
import type { Engine, EngineModel } from '../../engine/engine.ts';
import { estimateTextTokens } from '../../engine/estimate.ts';
import { badInput, Failure, notFound } from '../../errors/failures.ts';
import {
  type MeasureContent,
  maxAttachments,
  maxSources,
  type NewQuestion,
  type PromptAttachments,
} from '../../generations/promptAttachments.ts';
import type { MessageSource } from '../../messages/message.ts';
import type { MessageStore } from '../../messages/store.ts';
import { pageSizeLimit } from '../../paging/pages.ts';
import { type Attachment, hasText } from '../attachment.ts';
import type { AttachmentFiles } from '../files/files.ts';
import type { FoundPassage } from '../passages/passage.ts';
import type { Retrieval } from '../passages/retrieve.ts';
import type { PassageStore } from '../passages/store/store.ts';
import type { AttachmentStore } from '../store/store.ts';
import { assemble, type LoadedAttachment } from './assemble.ts';
import type { PromptPassage } from './documentText.ts';
import { fitDocuments } from './fitDocuments.ts';
import { fitPassages, promptPassages } from './fitPassages.ts';

export interface PromptAttachmentsDeps {
  readonly attachments: Pick<
    AttachmentStore,
    'findMany' | 'findReadable' | 'readableText' | 'assign' | 'fileKeysOfConversation'
  >;
  readonly files: Pick<AttachmentFiles, 'open'>;
  readonly messages: Pick<MessageStore, 'path'>;
  readonly passages: Pick<PassageStore, 'findMany'>;
  readonly retrieval: Retrieval;
  readonly engine: Pick<Engine, 'models'>;
}

/** The share of the room beside a question that passages take, if the conversation needs room too. */
const sharedRoom = 0.5;

export const createPromptAttachments = (deps: PromptAttachmentsDeps): PromptAttachments => {
  const { attachments, files, retrieval, engine } = deps;

  /** Returns the attachments that exist and may be read, in the order of `ids`. */
  const find = async (readerId: string, ids: readonly string[]): Promise<readonly Attachment[]> =>
    (await attachments.findReadable(readerId, ids)).filter((attachment) => attachment !== null);

  /** Returns attachments with the texts that are needed. `sees`: whether the model sees images. */
  const load = async (
    readerId: string,
    found: readonly Attachment[],
    sees: boolean,
    needsText: (id: string) => boolean = () => true,
  ): Promise<readonly LoadedAttachment[]> => {
    const loaded: LoadedAttachment[] = [];
    for (const attachment of found) {
      const isImage = isImageFor(attachment, sees);
      const isNeeded = !isImage && needsText(attachment.id);
      const text = isNeeded ? await attachments.readableText(readerId, attachment.id) : '';
      if (text !== null) loaded.push({ attachment, isImage, text });
    }
    return loaded;
  };

  /** Returns documents to take passages of, also of images. */
  const loadSearched = async (readerId: string, ids: readonly string[]) =>
    load(readerId, await find(readerId, ids), false);

  const loadPassages = async (
    ownerId: string,
    sources: readonly MessageSource[],
  ): Promise<readonly PromptPassage[]> => {
    const ids = [...new Set(sources.map(({ attachmentId }) => attachmentId))];
    const found: FoundPassage[] = [];
    for (const id of ids) {
      const numbers = sources.flatMap(({ attachmentId, passage }) => (attachmentId === id ? [passage] : []));
      found.push(...(await deps.passages.findMany(ownerId, id, numbers)));
    }
    return promptPassages(sources, await loadSearched(ownerId, ids), found);
  };

  /**
   * Returns the ids of the documents in earlier messages that the prompt won't have as a whole: they were too long, or the
   * messages since then take their room.
   */
  const findEarlierDocuments = async (
    { ownerId, content, conversationId, model }: NewQuestion,
    parentId: string,
    measure: MeasureContent,
    room: (limit: number) => number,
  ): Promise<readonly string[]> => {
    if ((await attachments.fileKeysOfConversation(ownerId, conversationId)).length === 0) return [];
    const page = { direction: 'backward', size: pageSizeLimit, after: null, before: null } as const;
    const { items } = await deps.messages.path(ownerId, parentId, page);
    const ids = items.flatMap((message) => message.attachments ?? []).map(({ id }) => id);
    if (ids.length === 0) return [];
    const found = new Map((await attachments.findMany(ownerId, ids)).map((one) => [one?.id, one]));
    const { tokens, limit } = await measure({ content });
    if (limit === null) return [];
    const outside = (available: number): readonly string[] => {
      let left = available;
      return items.toReversed().flatMap((message) => {
        const documents = (message.attachments ?? []).flatMap(({ id, omitted }) => {
          const attachment = found.get(id);
          const isDocument = attachment && !isImageFor(attachment, seesImages(model));
          return isDocument ? [{ id, omitted, attachment }] : [];
        });
        left -= estimateTextTokens(message.content);
        for (const { omitted, attachment } of documents) if (omitted === 0) left -= attachment.tokens;
        return documents.flatMap(({ id, omitted }) => (omitted > 0 || left < 0 ? [id] : []));
      });
    };
    const free = room(limit) - tokens;
    // Where passages take their share, less is left for whole documents.
    return outside(free).length === 0 ? [] : outside(free * (1 - sharedRoom));
  };

  const rank = async (
    readerId: string,
    attachmentIds: readonly string[],
    question: string,
    firstOf?: readonly string[],
  ): Promise<readonly FoundPassage[]> =>
    attachmentIds.length === 0
      ? []
      : retrieval.rank({ readerId, attachmentIds }, question, maxSources, firstOf);

  const canSee = async (model: string, signal: AbortSignal): Promise<boolean> =>
    (await engine.models(signal)).some((one) => one.name === model && seesImages(one));

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

    async fit(question, measure, room) {
      const { ownerId, content, model, attachmentIds, parentId } = question;
      const sees = seesImages(model);
      const loaded = await load(ownerId, await find(ownerId, attachmentIds), sees);
      const image = loaded.find(({ isImage }) => isImage);
      if (image && !sees) {
        throw badInput(
          'attachments',
          `${model.name} can't see images, and "${image.attachment.name}" is one. Remove it, or use a model with the capability "vision".`,
        );
      }
      const cut = await fitDocuments(content, loaded, measure, room);
      const tooLong = cut.flatMap(({ id, omitted }) => (omitted > 0 ? [id] : []));
      const earlier = parentId === null ? [] : await findEarlierDocuments(question, parentId, measure, room);
      const own = await retrieval.searchable(ownerId, [...new Set([...tooLong, ...earlier])]);
      const given = new Set([...attachmentIds, ...own]);
      const inCollections = (await retrieval.searchableIn(ownerId, question.collectionIds)).filter(
        (id) => !given.has(id),
      );
      if (own.length + inCollections.length === 0) return { attachments: cut, sources: [] };
      const [ofOwn, ofCollections] = await Promise.all([
        rank(ownerId, own, content),
        // The beginnings of a collection's documents would answer nothing.
        rank(ownerId, inCollections, content, []),
      ]);
      const ranked = alternating(ofOwn, ofCollections).slice(0, maxSources);
      const found = new Set(ranked.map(({ attachmentId }) => attachmentId));
      const searched = await loadSearched(ownerId, [...own, ...inCollections.filter((id) => found.has(id))]);
      // A follow-up shares the room with the conversation so far, and collections are only a part of what is asked.
      const share = parentId === null && ofCollections.length === 0 ? 1 : sharedRoom;
      const fitted = await fitPassages({ content, loaded, cut, searched, ranked, share }, measure, room);
      return fitted ?? { attachments: cut, sources: [] };
    },

    async contentOf(message, model, signal, { withImages = true, withSources = false } = {}) {
      const { ownerId, content, attachments: attached = [], conversationId, sources = [] } = message;
      if (attached.length === 0 && !(withSources && sources.length > 0)) return { content };
      const searched = new Set(sources.map(({ attachmentId }) => attachmentId));
      const found = await find(
        ownerId,
        attached.map(({ id }) => id),
      );
      const sees = found.some(({ format }) => format === 'IMAGE') && (await canSee(model, signal));
      const loaded = await load(ownerId, found, sees, (id) => !searched.has(id));
      const unassigned = loaded.filter(({ attachment }) => attachment.conversationId === null);
      if (conversationId !== undefined && unassigned.length > 0) {
        const ids = unassigned.map(({ attachment }) => attachment.id);
        await attachments.assign(ownerId, ids, conversationId);
      }
      const passages = withSources ? await loadPassages(ownerId, sources) : [];
      const parts = { content, loaded, attached, images: [], sources, passages };
      const pictures = loaded.filter(({ isImage }) => isImage);
      if (pictures.length === 0) return assemble(parts);
      if (!sees) {
        const notes = pictures.map(({ attachment }) => `[The image "${attachment.name}" is left out.]`);
        return assemble({ ...parts, content: [...notes, content].join('\n\n') });
      }
      const images: string[] = [];
      for (const { attachment } of pictures) {
        const image = withImages ? await imageOf(attachment) : '';
        if (image !== null) images.push(image);
      }
      return assemble({ ...parts, images });
    },

    assign: (ownerId, ids, conversationId) => attachments.assign(ownerId, ids, conversationId),
  };
};

const seesImages = ({ capabilities }: Pick<EngineModel, 'capabilities'>): boolean =>
  capabilities.includes('vision');

/** Whether a model gets an attachment as an image: one that sees none gets the text that OCR read. */
const isImageFor = (attachment: Attachment, sees: boolean): boolean =>
  attachment.format === 'IMAGE' && (sees || !hasText(attachment));

/** Takes from both lists in turn, so that each has half of a beginning unless the other is shorter. */
const alternating = <Item>(first: readonly Item[], second: readonly Item[]): readonly Item[] =>
  Array.from({ length: Math.max(first.length, second.length) }, (_, at) => [
    ...first.slice(at, at + 1),
    ...second.slice(at, at + 1),
  ]).flat();
