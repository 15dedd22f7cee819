import { type Generation, isFinal } from '../../generations/generation.ts';
import type { Journal } from '../../generations/journal/journal.ts';
import type { GenerationStore } from '../../generations/store/store.ts';
import type { MessageStore } from '../../messages/store.ts';
import type { UserLookup } from '../actor.ts';
import type { DescribeContent } from '../content.ts';
import type { AuditRecorder, EventDraft } from '../recorder.ts';

export interface GenerationStoreDeps {
  readonly generations: GenerationStore;
  readonly messages: MessageStore;
  readonly journal: Journal;
  readonly users: Pick<UserLookup, 'findUser'>;
  readonly recorder: AuditRecorder;
  readonly describe: DescribeContent;
}

/**
 * The same store, with each end of a generation written down: every way to an end, on whichever replica, goes through
 * `transition`, and of two that would end one, one does.
 */
export const decorateGenerationStore = (deps: GenerationStoreDeps): GenerationStore => {
  const { generations, recorder } = deps;

  const end = async (generation: Generation): Promise<EventDraft> => {
    const { id, ownerId, conversationId, model, status, error, usage } = generation;
    // What can't be looked up now is left out: the event itself must not be lost for it.
    const findOwner = deps.users.findUser(ownerId).catch(() => null);
    const [owner, text] = await Promise.all([findOwner, textOf(deps, generation)]);
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
        ...(text !== null && deps.describe('answer', text)),
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
      // Without a status in it, the patch ends nothing: it tells what has ended already.
      if (changed && patch.status && isFinal(patch.status)) recorder.recordWhenKnown(end(changed));
      return changed;
    },
  };
};

/** What was answered; null where it is kept nowhere any more. Asked for at once: the journal forgets soon after the end. */
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
