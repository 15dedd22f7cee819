import { useCallback } from 'react';
import { fetchQuery, graphql, useRelayEnvironment } from 'react-relay';
import type { useQuotaRefreshQuery } from './__generated__/useQuotaRefreshQuery.graphql.ts';

/** Reads the viewer's quotas anew, wherever they are shown. Rejects never: what can't be read stays as it is. */
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
