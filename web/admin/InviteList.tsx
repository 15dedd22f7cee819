import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { graphql, usePaginationFragment } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import type { InviteList_query$key } from './__generated__/InviteList_query.graphql.ts';
import { InviteRow } from './InviteRow.tsx';
import { InviteUser } from './InviteUser.tsx';

const page = 20;

export const InviteList = ({ query }: { query: InviteList_query$key }) => {
  const { data, loadNext, hasNext, isLoadingNext } = usePaginationFragment(
    graphql`
      fragment InviteList_query on Query
      @argumentDefinitions(first: { type: "Int", defaultValue: 20 }, after: { type: "String" })
      @refetchable(queryName: "InviteListPaginationQuery") {
        invites(first: $first, after: $after) @connection(key: "InviteList_invites") {
          __id
          edges {
            node {
              id
              ...InviteRow_invite
            }
          }
        }
      }
    `,
    query,
  );
  const invites = data.invites.edges.flatMap(({ node }) => node ?? []);
  return (
    <section aria-labelledby="invites" className="pt-9">
      <div className="flex items-center justify-between gap-3">
        <h2 id="invites" className="font-semibold">
          <Trans>Invites</Trans>
        </h2>
        <InviteUser connection={data.invites.__id} />
      </div>
      {invites.length === 0 ? (
        <p className="pt-2 text-muted">
          <Trans>No open invites. An invite works once and expires after seven days.</Trans>
        </p>
      ) : (
        <ul aria-label={t`Invites`} className="mt-4 divide-y divide-line border-y border-line">
          {invites.map((invite) => (
            <InviteRow key={invite.id} invite={invite} />
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
