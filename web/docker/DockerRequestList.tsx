import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { graphql, usePaginationFragment } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import type { DockerRequestList_query$key } from './__generated__/DockerRequestList_query.graphql.ts';
import { DockerRequestRow } from './DockerRequestRow.tsx';

const page = 20;

/** The requested Docker commands of all users, newest first. */
export const DockerRequestList = ({ query }: { query: DockerRequestList_query$key }) => {
  const { data, loadNext, hasNext, isLoadingNext } = usePaginationFragment(
    graphql`
      fragment DockerRequestList_query on Query
      @argumentDefinitions(first: { type: "Int", defaultValue: 20 }, after: { type: "String" })
      @refetchable(queryName: "DockerRequestListPaginationQuery") {
        dockerEnabled
        dockerRequests(first: $first, after: $after) @connection(key: "DockerRequestList_dockerRequests") {
          edges {
            node {
              id
              ...DockerRequestRow_request
            }
          }
        }
      }
    `,
    query,
  );
  const requests = data.dockerRequests.edges.flatMap(({ node }) => node ?? []);
  return (
    <section aria-label={t`Docker requests`} className="pt-6">
      <p className="text-muted">
        {data.dockerEnabled
          ? t`Commands that change containers run only after you confirm their effect.`
          : t`This server is not connected to Docker: DOCKER_HOST is set to off.`}
      </p>
      {requests.length === 0 ? (
        <p className="mt-4">
          <Trans>No commands were requested.</Trans>
        </p>
      ) : (
        <ul aria-label={t`Requested commands`} className="mt-4 divide-y divide-line border-y border-line">
          {requests.map((request) => (
            <DockerRequestRow key={request.id} request={request} />
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
