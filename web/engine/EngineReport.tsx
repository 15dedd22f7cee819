import { Trans } from '@lingui/react/macro';
import { graphql, useFragment } from 'react-relay';
import type { EngineReport_health$key } from './__generated__/EngineReport_health.graphql.ts';
import { EngineProgress } from './EngineProgress.tsx';
import { EngineSteps } from './EngineSteps.tsx';

const colours: Readonly<Record<string, string>> = {
  HEALTHY: 'bg-accent',
  STARTING: 'bg-warn',
  UNHEALTHY: 'bg-danger',
};

/** Shows the engine's state and the version, on the settings page. */
export const EngineReport = ({ health: key }: { health: EngineReport_health$key }) => {
  const { version, engine } = useFragment(
    graphql`
      fragment EngineReport_health on Health {
        version
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
  return (
    <>
      <p className="flex gap-2.5">
        <span
          aria-hidden="true"
          className={`mt-[0.45rem] size-2 shrink-0 rounded-full ${colours[engine.status] ?? 'bg-muted'}`}
        />
        <span dir="auto">{engine.message}</span>
      </p>
      {engine.status === 'STARTING' && <EngineProgress progress={engine.progress ?? null} />}
      <EngineSteps engine={engine} />
      <p className="mt-3 text-sm text-muted">
        <Trans>Ziggie LLM, version {version}</Trans>
      </p>
    </>
  );
};
