import type { EmbeddingsService } from '../../embeddings/service.ts';
import { viewerActor } from '../actor.ts';
import type { DescribeContent } from '../content.ts';
import type { AuditRecorder } from '../recorder.ts';

/** Decorates the embeddings service: records requests with the number of their texts and tokens. */
export const decorateEmbeddings = (
  embeddings: EmbeddingsService,
  recorder: AuditRecorder,
  describe: DescribeContent,
): EmbeddingsService => ({
  embed: (viewer, input, signal) => {
    const details = { texts: input.input.length, ...describe('prompt', input.input.join('\n\n')) };
    return recorder.attemptSoon(
      {
        action: 'EMBED',
        actor: viewerActor(viewer),
        target: input.model,
        details,
        onSuccess: ({ model, promptTokens }) => ({ target: model, details: { ...details, promptTokens } }),
      },
      () => embeddings.embed(viewer, input, signal),
    );
  },
});
