import { selectOrdinal, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useEffect, useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import type { GenerationProgress_generation$key } from './__generated__/GenerationProgress_generation.graphql.ts';

/** The wait without a token after which the page explains what may take so long, in ms. */
const slowAfterMs = 2_500;

/** Shown before the first token: the queue position, then that the model is working. */
export const GenerationProgress = ({
  generation: key,
}: {
  generation: GenerationProgress_generation$key;
}) => {
  const { status, queuePosition, model } = useFragment(
    graphql`
      fragment GenerationProgress_generation on Generation {
        status
        queuePosition
        model
      }
    `,
    key,
  );
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    if (status !== 'RUNNING') return;
    const timer = setTimeout(() => setLong(true), slowAfterMs);
    return () => clearTimeout(timer);
  }, [status]);
  const words = () => {
    if (status === 'QUEUED') return placeInLine(queuePosition);
    return isLong ? t`Loading ${model}. The first answer after a pause takes longer.` : null;
  };
  return (
    <p className="flex min-h-7 items-center gap-3 text-muted">
      <span className="flex gap-1" aria-hidden="true">
        {['0ms', '200ms', '400ms'].map((animationDelay) => (
          <span
            key={animationDelay}
            className="size-1.5 animate-breathe rounded-full bg-accent"
            style={{ animationDelay }}
          />
        ))}
      </span>
      {words() ?? (
        <span className="sr-only">
          <Trans>Waiting for the first words</Trans>
        </span>
      )}
    </p>
  );
};

export const placeInLine = (position: number | null | undefined): string => {
  if (typeof position !== 'number') return t`Waiting in line`;
  if (position <= 1) return t`Next in line`;
  return selectOrdinal(position, {
    one: '#st in line',
    two: '#nd in line',
    few: '#rd in line',
    other: '#th in line',
  });
};
