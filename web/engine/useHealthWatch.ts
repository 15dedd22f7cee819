import { useEffect, useRef } from 'react';
import { fetchQuery, graphql, useFragment, useRelayEnvironment } from 'react-relay';
import { useRevalidator } from 'react-router';
import type { useHealthWatch_health$key } from './__generated__/useHealthWatch_health.graphql.ts';
import type { useHealthWatchQuery } from './__generated__/useHealthWatchQuery.graphql.ts';

/** The interval between two polls, in ms: short while the engine is starting, long while it is healthy. */
const pause = { unwell: 2_500, well: 60_000 };

const query = graphql`
  query useHealthWatchQuery {
    health {
      ...useHealthWatch_health
      ...EngineNotice_health
      ...EngineSetup_health
    }
  }
`;

/** Polls the engine's health, and refetches the page once the engine is available, because models can be listed then. */
export const useHealthWatch = (key: useHealthWatch_health$key): void => {
  const { engine } = useFragment(
    graphql`
      fragment useHealthWatch_health on Health {
        engine {
          status
        }
      }
    `,
    key,
  );
  const environment = useRelayEnvironment();
  const { revalidate } = useRevalidator();
  const well = engine.status === 'HEALTHY';
  const before = useRef(well);
  useEffect(() => {
    if (well && !before.current) void revalidate();
    before.current = well;
  }, [well, revalidate]);
  useEffect(() => {
    let reading: { readonly unsubscribe: () => void } | undefined;
    const timer = setInterval(
      () => {
        if (document.visibilityState !== 'visible') return;
        reading?.unsubscribe();
        reading = fetchQuery<useHealthWatchQuery>(environment, query, {}).subscribe({
          // The connection notice reports an unreachable server.
          error: () => {},
        });
      },
      well ? pause.well : pause.unwell,
    );
    return () => {
      clearInterval(timer);
      reading?.unsubscribe();
    };
  }, [environment, well]);
};
