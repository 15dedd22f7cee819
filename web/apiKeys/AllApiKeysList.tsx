import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { graphql, usePaginationFragment } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import type { AllApiKeysList_query$key } from './__generated__/AllApiKeysList_query.graphql.ts';
import { ApiKeyRow } from './ApiKeyRow.tsx';

const page = 30;

export const AllApiKeysList = ({ query }: { query: AllApiKeysList_query$key }) => {
  const { data, loadNext, hasNext, isLoadingNext } = usePaginationFragment(
    graphql`
      fragment AllApiKeysList_query on Query
      @argumentDefinitions(first: { type: "Int", defaultValue: 30 }, after: { type: "String" })
      @refetchable(queryName: "AllApiKeysListPaginationQuery") {
        allApiKeys(first: $first, after: $after) @connection(key: "AllApiKeysList_allApiKeys") {
          edges {
            node {
              id
              user {
                username
              }
              ...ApiKeyRow_apiKey
            }
          }
        }
      }
    `,
    query,
  );
  const keys = data.allApiKeys.edges.flatMap(({ node }) => node ?? []);
  return (
    <section aria-label={t`API keys`} className="pt-6">
      {keys.length === 0 ? (
        <p className="text-muted">
          <Trans>There are no API keys. Users create keys in their settings.</Trans>
        </p>
      ) : (
        <ul aria-label={t`All API keys`} className="divide-y divide-line border-y border-line">
          {keys.map((key) => (
            <ApiKeyRow key={key.id} apiKey={key} owner={key.user?.username ?? t`a deleted user`} />
          ))}
        </ul>
      )}
      {hasNext && (
        <Button className="mt-4" onClick={() => loadNext(page)} busy={isLoadingNext}>
          <Trans>Show more</Trans>
        </Button>
      )}
    </section>
  );
};
