import type { Viewer } from '../../access/viewer.ts';
import type { Generation } from '../../generations/generation.ts';
import type { Owner } from '../../generations/lifecycle.ts';
import type { StartedAnswer } from '../../generations/request/startedAnswer.ts';
import type { Generations } from '../../generations/service.ts';
import { viewerActor } from '../actor.ts';
import type { AuditDetails } from '../auditEvent.ts';
import type { DescribeContent } from '../content.ts';
import type { AuditRecorder } from '../recorder.ts';

/** What is known of an answer that is asked for. */
interface Asked {
  readonly way: 'generate' | 'regenerate' | 'edit' | 'continue' | 'completion';
  /** As it was asked for; null: none was. */
  readonly model?: string | null;
  readonly targetId?: string;
  readonly details?: AuditDetails;
}

/**
 * The same generations, with who asks for which written down. Nobody waits for that: an answer's first character must
 * not come later for it.
 */
export const decorateGenerations = (
  generations: Generations,
  recorder: AuditRecorder,
  describe: DescribeContent,
): Generations => {
  const ask = <Result>(
    viewer: Viewer,
    { way, model = null, targetId, details }: Asked,
    act: () => Promise<Result>,
    made: (result: Result) => { readonly generation: Generation; readonly details?: AuditDetails },
  ): Promise<Result> =>
    recorder.attemptSoon(
      {
        action: 'GENERATE',
        actor: viewerActor(viewer),
        target: model,
        ...(targetId !== undefined && { targetId }),
        details: { way, ...details },
        onSuccess: (result) => {
          const { generation, details: more } = made(result);
          const { conversationId } = generation;
          return {
            target: generation.model,
            targetId: generation.id,
            details: { ...(conversationId !== null && { conversationId }), ...more },
          };
        },
      },
      act,
    );

  const started = ({ generation, userMessage }: StartedAnswer) => ({
    generation,
    details: describe('prompt', userMessage.content),
  });

  return {
    ...generations,

    generate: (viewer, input) => {
      const { model, prompt } = input;
      const asked = { way: 'generate', model, details: describe('prompt', prompt) } as const;
      return ask(viewer, asked, () => generations.generate(viewer, input), started);
    },

    regenerate: (viewer, input) =>
      ask(
        viewer,
        { way: 'regenerate', model: input.model },
        () => generations.regenerate(viewer, input),
        started,
      ),

    editMessage: (viewer, input) => {
      const { model, content } = input;
      const asked = { way: 'edit', model, details: describe('prompt', content) } as const;
      return ask(viewer, asked, () => generations.editMessage(viewer, input), started);
    },

    continue: (viewer, id) =>
      ask(
        viewer,
        { way: 'continue', targetId: id },
        () => generations.continue(viewer, id),
        (generation) => ({ generation }),
      ),

    complete: (viewer, input) => {
      const { model, messages } = input;
      const prompt = messages.map(({ content }) => content).join('\n\n');
      const details = { messages: messages.length, ...describe('prompt', prompt) };
      return ask(
        viewer,
        { way: 'completion', model, details },
        () => generations.complete(viewer, input),
        ({ generation }) => ({ generation }),
      );
    },

    cancel: (owner, id) => {
      if (!isViewer(owner)) return generations.cancel(owner, id);
      return recorder.attemptSoon(
        {
          action: 'CANCEL_GENERATION',
          actor: viewerActor(owner),
          targetId: id,
          onSuccess: ({ model }) => ({ target: model }),
        },
        () => generations.cancel(owner, id),
      );
    },
  };
};

/** Whoever is being deleted asks for nothing. */
const isViewer = (owner: Owner): owner is Viewer => 'sessionId' in owner;
