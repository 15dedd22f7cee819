import { useEffect, useRef } from 'react';
import { fetchQuery, graphql, useFragment, useRelayEnvironment } from 'react-relay';
import { useRevalidator } from 'react-router';
import type { useHealthWatch_health$key } from './__generated__/useHealthWatch_health.graphql.ts';
import type { useHealthWatchQuery } from './__generated__/useHealthWatchQuery.graphql.ts';

/** The intervals between two polls, in ms. */
const pollIntervalMs = { healthy: 60_000, otherwise: 2_500 };

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
  const isHealthy = engine.status === 'HEALTHY';
  const before = useRef(isHealthy);
  useEffect(() => {
    if (isHealthy && !before.current) void revalidate();
    before.current = isHealthy;
  }, [isHealthy, revalidate]);
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
      isHealthy ? pollIntervalMs.healthy : pollIntervalMs.otherwise,
    );
    return () => {
      clearInterval(timer);
      reading?.unsubscribe();
    };
  }, [environment, isHealthy]);
};
