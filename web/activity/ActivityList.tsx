import { graphql, useFragment } from 'react-relay';
import type { ActivityList_query$key } from './__generated__/ActivityList_query.graphql.ts';
import { ActivityRow } from './ActivityRow.tsx';

/** What waits and runs for everybody; the oldest of it, which is what hangs if anything does. */
export const ActivityList = ({ query }: { query: ActivityList_query$key }) => {
  const { activeGenerations } = useFragment(
    graphql`
      fragment ActivityList_query on Query {
        activeGenerations(first: 100) {
          edges {
            node {
              generationId
              status
              ...ActivityRow_generation
            }
          }
          pageInfo {
            hasNextPage
          }
        }
      }
    `,
    query,
  );
  const active = activeGenerations.edges.flatMap(({ node }) => node ?? []);
  const running = active.filter(({ status }) => status === 'RUNNING').length;
  const more = activeGenerations.pageInfo.hasNextPage;
  return (
    <section aria-label="Activity" className="pt-6">
      <p role="status" className="text-muted">
        {active.length === 0
          ? 'Nothing is being made just now.'
          : `${running} running, ${active.length - running}${more ? ' or more' : ''} waiting`}
      </p>
      {active.length > 0 && (
        <ul aria-label="Answers being made" className="mt-4 divide-y divide-line border-y border-line">
          {active.map((generation) => (
            <ActivityRow key={generation.generationId} generation={generation} />
          ))}
        </ul>
      )}
    </section>
  );
};
