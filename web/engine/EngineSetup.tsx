import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { graphql, useFragment } from 'react-relay';
import { PageHeader } from '../shell/PageHeader.tsx';
import { useTitle } from '../ui/useTitle.ts';
import type { EngineSetup_health$key } from './__generated__/EngineSetup_health.graphql.ts';
import { EngineProgress } from './EngineProgress.tsx';
import { EngineSteps } from './EngineSteps.tsx';

/** Replaces the chat while no model is available: what is missing, and how to get it. Disappears once one is. */
export const EngineSetup = ({ health: key }: { health: EngineSetup_health$key }) => {
  const { engine } = useFragment(
    graphql`
      fragment EngineSetup_health on Health {
        engine {
          status
          message
          progress
          ...EngineSteps_engine
        }
      }
    `,
    key,
  );
  const isStarting = engine.status === 'STARTING';
  useTitle(
    isStarting
      ? t`Getting ready`
      : t({ message: 'Set up', comment: 'The title of a page that says how to get a language model' }),
  );
  const heading = isStarting
    ? t`The language model is getting ready`
    : engine.status === 'HEALTHY'
      ? t`No model is installed yet`
      : t`A language model is needed`;
  return (
    <div className="flex h-full flex-col">
      <PageHeader />
      <div className="min-h-0 flex-1 overflow-y-auto px-5 pb-16">
        <div className="mx-auto max-w-xl pt-[max(2rem,12dvh)]">
          <h1 className="text-2xl font-semibold tracking-tight text-balance">{heading}</h1>
          <p dir="auto" className="mt-2 text-muted">
            {engine.message}
          </p>
          {isStarting && <EngineProgress progress={engine.progress ?? null} />}
          <EngineSteps engine={engine} />
          <p className="mt-8 text-sm text-muted">
            <Trans>This page updates by itself as soon as a model is available.</Trans>
          </p>
        </div>
      </div>
    </div>
  );
};
