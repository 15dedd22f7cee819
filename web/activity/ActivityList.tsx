import { t } from '@lingui/core/macro';
import { Plural, Trans } from '@lingui/react/macro';
import { graphql, useFragment } from 'react-relay';
import { Problem } from '../ui/Problem.tsx';
import { useNow } from '../ui/useNow.ts';
import { whole } from '../usage/amounts.ts';
import type { ActivityList_query$key } from './__generated__/ActivityList_query.graphql.ts';
import { ActivityRow } from './ActivityRow.tsx';
import { useActivityWatch } from './useActivityWatch.ts';

/** The queued and running answers of all users, oldest first: those are the ones that may hang. */
export const ActivityList = ({ query }: { query: ActivityList_query$key }) => {
  const { viewer, activeGenerations } = useFragment(
    graphql`
      fragment ActivityList_query on Query {
        viewer {
          id
        }
        activeGenerations(first: 100) {
          edges {
            node {
              generationId
              status
              attempt
              user {
                id
              }
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
  const { problem, look } = useActivityWatch();
  const now = useNow(1_000);
  const active = activeGenerations.edges.flatMap(({ node }) => node ?? []);
  const activeCount = active.length;
  const runningCount = active.filter(({ status }) => status === 'RUNNING').length;
  const [running, waiting] = [whole(runningCount), whole(activeCount - runningCount)];
  const more = activeGenerations.pageInfo.hasNextPage;
  return (
    <section aria-label={t`Activity`} className="pt-6">
      {problem && (
        <div className="mb-4">
          <Problem>
            <Trans>This list may be out of date.</Trans> {problem}
          </Problem>
        </div>
      )}
      <p role="status" className="text-muted">
        {activeCount === 0
          ? t`No answers are running.`
          : more
            ? t`${running} running, ${waiting} or more waiting`
            : t`${running} running, ${waiting} waiting`}
      </p>
      {activeCount > 0 && (
        <ul aria-label={t`Running answers`} className="mt-4 divide-y divide-line border-y border-line">
          {active.map((generation) => (
            <ActivityRow
              // A new attempt has to be stopped again.
              key={`${generation.generationId} ${generation.attempt}`}
              generation={generation}
              isViewers={generation.user?.id === viewer?.id}
              now={now}
              onStopped={look}
            />
          ))}
        </ul>
      )}
      {more && (
        <p className="pt-4 text-sm text-muted">
          <Plural value={activeCount} other="These are the # oldest. The others follow as these end." />
        </p>
      )}
    </section>
  );
};
