import { type Generation, isFinal } from '../../../generations/generation.ts';
import type { Journal } from '../../../generations/journal/journal.ts';
import type { GenerationStore } from '../../../generations/store/store.ts';
import type { MessageStore } from '../../../messages/store.ts';
import type { UserLookup } from '../../actor.ts';
import { type DescribeContent, withoutContent } from '../../content.ts';
import type { AuditRecorder, EventDraft } from '../../recorder.ts';

export interface GenerationStoreDeps {
  readonly generations: GenerationStore;
  readonly messages: MessageStore;
  readonly journal: Journal;
  readonly users: Pick<UserLookup, 'findUser'>;
  readonly recorder: AuditRecorder;
  readonly describe: DescribeContent;
  /** Whether the text of a conversation may not be recorded. */
  readonly isTemporary: (ownerId: string, conversationId: string) => Promise<boolean>;
}

/**
 * Decorates the generation store: records the end of each generation. Every end, on any replica, goes through
 * `transition`, which succeeds once per generation.
 */
export const decorateGenerationStore = (deps: GenerationStoreDeps): GenerationStore => {
  const { generations, recorder } = deps;

  const end = async (generation: Generation): Promise<EventDraft> => {
    const { id, ownerId, conversationId, model, status, error, usage } = generation;
    // A failed lookup must not lose the event.
    const findOwner = deps.users.findUser(ownerId).catch(() => null);
    const [owner, text, isTemporary] = await Promise.all([
      findOwner,
      textOf(deps, generation),
      conversationId === null ? false : deps.isTemporary(ownerId, conversationId).catch(() => true),
    ]);
    const described = text === null ? {} : deps.describe('answer', text);
    return {
      action: 'GENERATION_ENDED',
      outcome: error?.code ?? 'OK',
      userId: ownerId,
      username: owner?.username ?? null,
      target: model,
      targetId: id,
      details: {
        status,
        ...(conversationId !== null && { conversationId }),
        ...(generation.finishReason && { finishReason: generation.finishReason }),
        ...(isTemporary ? withoutContent(described) : described),
        ...(usage && {
          promptTokens: usage.promptTokens,
          completionTokens: usage.completionTokens,
          durationMs: Math.round(usage.durationMs),
        }),
        ...(generation.cached && { cached: true }),
      },
    };
  };

  return {
    ...generations,
    async transition(id, from, patch, attempt) {
      const changed = await generations.transition(id, from, patch, attempt);
      // A patch without a status only adds to a generation that has already ended.
      if (changed && patch.status && isFinal(patch.status)) recorder.recordWhenKnown(end(changed));
      return changed;
    },
  };
};

/** Returns the answer's text; null if it is no longer stored. Read immediately, because the journal entry soon expires. */
const textOf = async (
  { journal, messages }: GenerationStoreDeps,
  generation: Generation,
): Promise<string | null> => {
  try {
    if (generation.messageId === null) return (await journal.read(generation.id))?.text ?? null;
    return (await messages.find(generation.ownerId, generation.messageId))?.content ?? null;
  } catch {
    return null;
  }
};
