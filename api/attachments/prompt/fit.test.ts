import type { MeasureContent } from '../../generations/promptAttachments.ts';
import { newId } from '../../stores/stores.contract.ts';
import { newAttachment } from '../attachments.testing.ts';
import type { FoundPassage } from '../passages/passage.ts';
import type { Retrieval } from '../passages/retrieve.ts';
import { createPromptAttachments } from './promptAttachments.ts';

const passageLength = 1000;

/** A document of `count` passages. */
const documentOf = (count: number) => {
  const attachment = newAttachment({ textLength: count * passageLength });
  return { attachment, text: 'x'.repeat(count * passageLength) };
};

const passagesOf = ({ attachment, text }: ReturnType<typeof documentOf>): readonly FoundPassage[] =>
  Array.from({ length: text.length / passageLength }, (_, number) => ({
    attachmentId: attachment.id,
    number,
    start: number * passageLength,
    end: (number + 1) * passageLength,
    page: null,
    heading: null,
  }));

/** Measures a token for each character. */
const measureWith =
  (limit: number | null): MeasureContent =>
  async ({ content }) => ({ tokens: content.length, limit });

describe('fitting a question', () => {
  /**
   * Fits a question with attached documents, and with documents in collections that all match. `rank` is a ranking of all of
   * them, best first.
   */
  const fitting = async (given: {
    readonly attached?: readonly ReturnType<typeof documentOf>[];
    readonly inCollections?: readonly ReturnType<typeof documentOf>[];
    readonly rank: readonly FoundPassage[];
    readonly limit: number | null;
  }) => {
    const { attached = [], inCollections = [], rank, limit } = given;
    const documents = [...attached, ...inCollections];
    const find = (id: string) => documents.find(({ attachment }) => attachment.id === id) ?? null;
    const retrieval: Retrieval = {
      rank: async ({ attachmentIds }, _question, count) =>
        rank.filter(({ attachmentId }) => attachmentIds.includes(attachmentId)).slice(0, count),
      searchable: async (_reader, ids) => ids,
      searchableIn: async () => inCollections.map(({ attachment }) => attachment.id),
    };
    const findMany = async (_owner: string, ids: readonly string[]) =>
      ids.map((id) => find(id)?.attachment ?? null);
    const promptAttachments = createPromptAttachments({
      attachments: {
        findMany,
        findReadable: findMany,
        readableText: async (_reader, id) => find(id)?.text ?? null,
        assign: async () => {},
        fileKeysOfConversation: async () => [],
      },
      files: { open: () => Promise.reject(new Error('no files')) },
      messages: { path: () => Promise.reject(new Error('no messages')) },
      passages: { findMany: async () => [] },
      retrieval,
      engine: { models: async () => [] },
    });
    const question = {
      ownerId: newId(),
      content: 'Who built the lighthouse?',
      model: { name: 'm', capabilities: [] },
      attachmentIds: attached.map(({ attachment }) => attachment.id),
      collectionIds: [newId()],
      conversationId: newId(),
      parentId: null,
    };
    return promptAttachments.fit(question, measureWith(limit), (context) => context);
  };
  const from = (
    sources: readonly { readonly attachmentId: string }[],
    { attachment }: { attachment: { id: string } },
  ) => sources.filter(({ attachmentId }) => attachmentId === attachment.id).length;

  it('has passages of collections with a model of unknown context length, and attachments as a whole', async () => {
    const [note, handbook] = [documentOf(2), documentOf(40)];
    const rank = passagesOf(handbook);
    const { attachments, sources } = await fitting({
      attached: [note],
      inCollections: [handbook],
      rank,
      limit: null,
    });
    expect(attachments).toEqual([{ id: note.attachment.id, omitted: 0 }]);
    expect(from(sources, handbook)).toBe(12);
    expect(sources).toHaveLength(12);
  });

  it('gives an attachment that is too long half of the numbers, however well documents of collections match', async () => {
    const [report, handbook] = [documentOf(40), documentOf(40)];
    const rank = [...passagesOf(handbook), ...passagesOf(report)];
    const { sources } = await fitting({
      attached: [report],
      inCollections: [handbook],
      rank,
      limit: 30_000,
    });
    expect(from(sources, report)).toBe(6);
    expect(from(sources, handbook)).toBe(6);
  });

  it('keeps the beginning of an attachment that is too long and has no passage', async () => {
    const [report, minutes] = [documentOf(40), documentOf(40)];
    const { attachments, sources } = await fitting({
      attached: [report, minutes],
      rank: passagesOf(report),
      limit: 30_000,
    });
    expect(from(sources, report)).toBe(12);
    expect(attachments[0]).toEqual({ id: report.attachment.id, omitted: 28_000 });
    expect(attachments[1]?.id).toBe(minutes.attachment.id);
    const kept = 40_000 - (attachments[1]?.omitted ?? 0);
    expect(kept).toBeGreaterThan(10_000);
    expect(kept).toBeLessThan(18_000);
  });

  it('gives passages of an attachment the whole room if nothing in collections matches', async () => {
    const [report, handbook] = [documentOf(40), documentOf(40)];
    const room = { attached: [report], inCollections: [handbook], limit: 12_000 };
    const alone = await fitting({ ...room, rank: passagesOf(report) });
    expect(alone.sources.length).toBeGreaterThan(7);
    const both = await fitting({ ...room, rank: [...passagesOf(report), ...passagesOf(handbook)] });
    expect(both.sources.length).toBeLessThan(6);
  });
});
