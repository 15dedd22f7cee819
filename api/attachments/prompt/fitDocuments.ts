import type { MeasureContent } from '../../generations/promptAttachments.ts';
import type { MessageAttachment } from '../../messages/message.ts';
import { assemble, type LoadedAttachment } from './assemble.ts';
import { sharesOf } from './documentText.ts';

/** Maximum characters of all documents of a message: counting the tokens of more would take seconds. */
const maxCharacters = 900_000;

/** Maximum measurements to fit documents. Each one is closer; after the last, the prompt's own check decides. */
const maxRounds = 8;

/** The least that a round takes away, as a share, so that each one makes progress. */
const leastCut = 0.97;

/** Measures the prompt, and shortens the documents until it fits. */
export const fitDocuments = async (
  content: string,
  loaded: readonly LoadedAttachment[],
  measure: MeasureContent,
  room: (limit: number) => number,
): Promise<readonly MessageAttachment[]> => {
  const lengths = loaded.map(({ text }) => text.length);
  const images = loaded.filter(({ isImage }) => isImage).map(() => '');
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
  const { tokens: others, limit } = await measure(assemble({ content, loaded, attached: cutTo(0), images }));
  if (limit === null) return cut;
  const available = room(limit);
  // No text has so many characters per token that more could fit.
  total = Math.min(total, Math.max(0, available) * 16);
  for (let round = 0; round < maxRounds && total > 0; round += 1) {
    cut = cutTo(total);
    const { tokens } = await measure(assemble({ content, loaded, attached: cut, images }));
    if (tokens <= available) return cut;
    const share = Math.max(0, available - others) / Math.max(1, tokens - others);
    total = Math.floor(total * Math.min(leastCut, share));
  }
  return cutTo(total);
};
