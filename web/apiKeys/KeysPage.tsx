import { t } from '@lingui/core/macro';
import { graphql } from 'react-relay';
import { useRouteQuery } from '../relay/useRouteQuery.ts';
import { useTitle } from '../ui/useTitle.ts';
import type { KeysPageQuery } from './__generated__/KeysPageQuery.graphql.ts';
import { AllApiKeysList } from './AllApiKeysList.tsx';

/** The API keys of all users, for administrators. */
export const KeysPage = () => {
  useTitle(t`API keys`);
  const query = useRouteQuery<KeysPageQuery>(graphql`
    query KeysPageQuery @preloadable {
      ...AllApiKeysList_query
    }
  `);
  return <AllApiKeysList query={query} />;
};
