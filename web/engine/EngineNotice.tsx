import { Trans } from '@lingui/react/macro';
import { graphql, useFragment } from 'react-relay';
import { Link } from 'react-router';
import { inPercent } from '../models/measures.ts';
import type { EngineNotice_health$key } from './__generated__/EngineNotice_health.graphql.ts';

/** A notice above the message field that the engine is unavailable. The conversation stays readable. */
export const EngineNotice = ({ health: key }: { health: EngineNotice_health$key }) => {
  const { engine } = useFragment(
    graphql`
      fragment EngineNotice_health on Health {
        engine {
          status
          message
          progress
        }
      }
    `,
    key,
  );
  if (engine.status === 'HEALTHY') return null;
  return (
    <p
      role="status"
      className="flex items-center gap-3 rounded-lg bg-warn-soft px-3 py-2.5 text-sm text-warn"
    >
      <span dir="auto" className="min-w-0 flex-1">
        {engine.message} {typeof engine.progress === 'number' && inPercent(engine.progress)}
      </span>
      {engine.status === 'UNHEALTHY' && (
        <Link to="/settings" className="shrink-0 font-medium underline underline-offset-4">
          <Trans>What to do</Trans>
        </Link>
      )}
    </p>
  );
};
