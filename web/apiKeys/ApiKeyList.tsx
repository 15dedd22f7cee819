import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { graphql, usePaginationFragment } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import type { ApiKeyList_viewer$key } from './__generated__/ApiKeyList_viewer.graphql.ts';
import { ApiKeyRow } from './ApiKeyRow.tsx';
import { CreateApiKey } from './CreateApiKey.tsx';

const page = 20;

export const ApiKeyList = ({ viewer }: { viewer: ApiKeyList_viewer$key }) => {
  const { data, loadNext, hasNext, isLoadingNext } = usePaginationFragment(
    graphql`
      fragment ApiKeyList_viewer on User
      @argumentDefinitions(first: { type: "Int", defaultValue: 20 }, after: { type: "String" })
      @refetchable(queryName: "ApiKeyListPaginationQuery") {
        ...CreateApiKey_viewer
        apiKeys(first: $first, after: $after) @connection(key: "ApiKeyList_apiKeys") {
          __id
          edges {
            node {
              id
              ...ApiKeyRow_apiKey
            }
          }
        }
      }
    `,
    viewer,
  );
  // A key that was just revoked is null until the list is refetched.
  const keys = data.apiKeys.edges.flatMap(({ node }) => node ?? []);
  return (
    <>
      <p className="text-muted">
        <Trans>
          A program uses a key instead of your password. It has only the permissions that you select. Send it
          as <code className="font-mono text-sm">Authorization: Bearer</code> or{' '}
          <code className="font-mono text-sm">X-API-Key</code>.
        </Trans>
      </p>
      {keys.length > 0 && (
        <ul aria-label={t`API keys`} className="mt-4 divide-y divide-line border-y border-line">
          {keys.map((key) => (
            <ApiKeyRow key={key.id} apiKey={key} />
          ))}
        </ul>
      )}
      <div className="mt-4 flex flex-wrap gap-2">
        <CreateApiKey viewer={data} connection={data.apiKeys.__id} />
        {hasNext && (
          <Button onClick={() => loadNext(page)} busy={isLoadingNext}>
            <Trans>Show more</Trans>
          </Button>
        )}
      </div>
    </>
  );
};
