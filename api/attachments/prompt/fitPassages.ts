import { type FittedQuestion, type MeasureContent, maxSources } from '../../generations/promptAttachments.ts';
import type { MessageAttachment, MessageSource } from '../../messages/message.ts';
import type { FoundPassage } from '../passages/passage.ts';
import { assemble, type LoadedAttachment } from './assemble.ts';
import type { PromptPassage } from './documentText.ts';

export interface PassagesToFit {
  readonly content: string;
  /** The attachments of the question, and how much of them is left out without passages. */
  readonly loaded: readonly LoadedAttachment[];
  readonly cut: readonly MessageAttachment[];
  /** The documents that are searched, of this question and of earlier ones. */
  readonly searched: readonly LoadedAttachment[];
  /** Their passages, best first. */
  readonly ranked: readonly FoundPassage[];
  /** The share of the free room that passages may take. */
  readonly share: number;
}

/**
 * Chooses as many of the best passages as fit beside the question. Null if none fits, or if all documents do. With an unknown
 * context length, the prompt has the attachments anyway, so that only passages of other documents are chosen.
 */
export const fitPassages = async (
  { content, loaded, cut, searched, ranked, share }: PassagesToFit,
  measure: MeasureContent,
  room: (limit: number) => number,
): Promise<FittedQuestion | null> => {
  const documents = new Map(searched.map((one, order) => [one.attachment.id, { ...one, order }]));
  const images = loaded.filter(({ isImage }) => isImage).map(() => '');
  /** In the order of the documents, so that neighbours read on. */
  const best = (count: number, among = ranked): readonly FoundPassage[] => {
    const orderOf = ({ attachmentId }: FoundPassage) => documents.get(attachmentId)?.order ?? 0;
    return among
      .slice(0, count)
      .sort((one, other) => orderOf(one) - orderOf(other) || one.number - other.number);
  };
  const given = (id: string, chosen: readonly FoundPassage[]) =>
    chosen.filter(({ attachmentId }) => attachmentId === id);
  const lengthOf = (id: string): number => documents.get(id)?.text.length ?? 0;
  const fitted = (chosen: readonly FoundPassage[]): FittedQuestion => ({
    attachments: cut.map(({ id, omitted }) => {
      const passages = given(id, chosen);
      // The model gets the beginning of a document that has no passage.
      if (passages.length === 0) return { id, omitted };
      const length = passages.reduce((sum, { start, end }) => sum + end - start, 0);
      return { id, omitted: Math.max(1, lengthOf(id) - length) };
    }),
    sources: chosen.map(({ attachmentId, number: passage, start, end, page }, at) => ({
      number: at + 1,
      attachmentId,
      passage,
      start,
      end,
      page,
    })),
  });
  const measured = (chosen: readonly FoundPassage[]) => {
    const { attachments, sources } = fitted(chosen);
    const passages = promptPassages(sources, searched, chosen);
    return measure(assemble({ content, loaded, attached: attachments, images, sources, passages }));
  };
  const bases = new Map<string, ReturnType<MeasureContent>>();
  /** Measures the prompt without the passages, and without the documents that they stand for. */
  const measuredWithout = (chosen: readonly FoundPassage[]) => {
    const attached = cut.map(({ id, omitted }) => ({
      id,
      omitted: given(id, chosen).length > 0 ? lengthOf(id) : omitted,
    }));
    const key = JSON.stringify(attached);
    const base = bases.get(key) ?? measure(assemble({ content, loaded, attached, images }));
    bases.set(key, base);
    return base;
  };
  const { limit } = await measuredWithout(ranked);
  if (limit === null) {
    const attached = new Set(loaded.map(({ attachment }) => attachment.id));
    const elsewhere = ranked.filter(({ attachmentId }) => !attached.has(attachmentId));
    return elsewhere.length === 0 ? null : fitted(best(maxSources, elsewhere));
  }
  const isFitting = async (chosen: readonly FoundPassage[]): Promise<boolean> => {
    const { tokens: others } = await measuredWithout(chosen);
    const available = others + Math.max(0, room(limit) - others) * share;
    return (await measured(chosen)).tokens <= available;
  };
  let [fits, exceeds] = [0, ranked.length + 1];
  while (exceeds - fits > 1) {
    const count = Math.floor((fits + exceeds) / 2);
    if (await isFitting(best(count))) fits = count;
    else exceeds = count;
  }
  return fits === 0 ? null : fitted(best(fits));
};

/** Returns the passages with their texts, without those of deleted documents. */
export const promptPassages = (
  sources: readonly MessageSource[],
  documents: readonly LoadedAttachment[],
  passages: readonly FoundPassage[],
): readonly PromptPassage[] =>
  sources.flatMap(({ number, attachmentId, passage, start, end, page }) => {
    const document = documents.find(({ attachment }) => attachment.id === attachmentId);
    if (!document) return [];
    const found = passages.find((one) => one.attachmentId === attachmentId && one.number === passage);
    return [
      {
        number,
        document: document.attachment.name,
        isRecognized: document.attachment.format === 'IMAGE',
        page,
        heading: found?.heading ?? null,
        text: document.text.slice(start, end),
      },
    ];
  });
