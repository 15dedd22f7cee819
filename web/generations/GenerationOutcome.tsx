import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Play, RotateCcw } from 'lucide-react';
import { graphql, useFragment } from 'react-relay';
import { OutOfTokens } from '../limits/OutOfTokens.tsx';
import { Button } from '../ui/Button.tsx';
import { Problem } from '../ui/Problem.tsx';
import type { GenerationOutcome_generation$key } from './__generated__/GenerationOutcome_generation.graphql.ts';
import { useContinueGeneration } from './useContinueGeneration.ts';

export interface GenerationOutcomeProps {
  readonly generation: GenerationOutcome_generation$key;
  /** Whether this is the last answer shown: only that one gets the buttons *Continue* and *Try again* here. */
  readonly isLast: boolean;
  /** Null if the viewer may not regenerate the answer. */
  readonly onRegenerate: (() => void) | null;
}

/** Explains why an unfinished answer ended, and offers what can be done about it. */
export const GenerationOutcome = ({ generation: key, isLast, onRegenerate }: GenerationOutcomeProps) => {
  const generation = useFragment(
    graphql`
      fragment GenerationOutcome_generation on Generation {
        id
        status
        finishReason
        canContinue
        error {
          code
          message
        }
      }
    `,
    key,
  );
  const { continueGeneration, isContinuing, problem } = useContinueGeneration(generation.id);
  const words = wordsForOutcome(generation.status, generation.finishReason, generation.error?.message);
  if (words === null) return null;
  const isOutOfTokens = generation.error?.code === 'QUOTA_EXCEEDED';
  return (
    <div className="mt-3 flex flex-col gap-3">
      {isOutOfTokens ? (
        <OutOfTokens />
      ) : generation.status === 'FAILED' ? (
        <Problem>{words}</Problem>
      ) : (
        <p className="text-sm text-muted">{words}</p>
      )}
      {problem && <Problem>{problem}</Problem>}
      {isLast && (
        <div className="flex flex-wrap gap-2">
          {generation.canContinue && (
            <Button onClick={continueGeneration} busy={isContinuing}>
              <Play size={15} aria-hidden="true" />
              <Trans>Continue</Trans>
            </Button>
          )}
          {onRegenerate && (
            <Button onClick={onRegenerate}>
              <RotateCcw size={15} aria-hidden="true" />
              <Trans>Try again</Trans>
            </Button>
          )}
        </div>
      )}
    </div>
  );
};

const wordsForOutcome = (status: string, reason: string | null | undefined, error: string | undefined) => {
  if (status === 'CANCELLED') return t`Stopped.`;
  if (status === 'INTERRUPTED') return t`The server stopped before this answer was finished.`;
  if (status === 'FAILED') return error ?? t`The model failed before this answer was finished.`;
  return status === 'COMPLETED' && reason === 'LENGTH' ? t`This answer reached its length limit.` : null;
};
