import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { graphql, usePaginationFragment } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import type { ShareList_viewer$key } from './__generated__/ShareList_viewer.graphql.ts';
import { ShareRow } from './ShareRow.tsx';

const page = 20;

/** The viewer's shared links. */
export const ShareList = ({ viewer }: { viewer: ShareList_viewer$key }) => {
  const { data, loadNext, hasNext, isLoadingNext } = usePaginationFragment(
    graphql`
      fragment ShareList_viewer on User
      @argumentDefinitions(first: { type: "Int", defaultValue: 20 }, after: { type: "String" })
      @refetchable(queryName: "ShareListPaginationQuery") {
        shares(first: $first, after: $after) @connection(key: "ShareList_shares") {
          edges {
            node {
              id
              ...ShareRow_share
            }
          }
        }
      }
    `,
    viewer,
  );
  // A link that was just revoked is null until the list is refetched.
  const shares = data.shares.edges.flatMap(({ node }) => node ?? []);
  return (
    <>
      <p className="text-muted">
        {shares.length === 0
          ? t`You share no conversation. A conversation’s menu creates a read-only link.`
          : t`Anyone who has one of these links can read the conversation. A revoked link stops working at once.`}
      </p>
      {shares.length > 0 && (
        <ul aria-label={t`Shared links`} className="mt-4 divide-y divide-line border-y border-line">
          {shares.map((share) => (
            <ShareRow key={share.id} share={share} />
          ))}
        </ul>
      )}
      {hasNext && (
        <Button className="mt-4" onClick={() => loadNext(page)} busy={isLoadingNext}>
          <Trans>Show more</Trans>
        </Button>
      )}
    </>
  );
};
