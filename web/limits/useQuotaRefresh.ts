import { useCallback } from 'react';
import { fetchQuery, graphql, useRelayEnvironment } from 'react-relay';
import type { useQuotaRefreshQuery } from './__generated__/useQuotaRefreshQuery.graphql.ts';

/** Returns a function that refetches the viewer's quotas wherever they are shown. It never rejects. */
export const useQuotaRefresh = (): (() => Promise<void>) => {
  const environment = useRelayEnvironment();
  return useCallback(async () => {
    const read = fetchQuery<useQuotaRefreshQuery>(
      environment,
      graphql`
        query useQuotaRefreshQuery {
          viewer {
            ...AllowanceProvider_viewer
          }
        }
      `,
      {},
      { fetchPolicy: 'network-only', networkCacheConfig: { force: true } },
    );
    await read.toPromise().catch(() => {});
  }, [environment]);
};
