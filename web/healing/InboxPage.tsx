import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { RefreshCw } from 'lucide-react';
import { graphql } from 'react-relay';
import { NavLink, useRevalidator, useSearchParams } from 'react-router';
import { useRouteQuery } from '../relay/useRouteQuery.ts';
import { PageHeader } from '../shell/PageHeader.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Section } from '../ui/Section.tsx';
import { useTitle } from '../ui/useTitle.ts';
import type { InboxPageQuery } from './__generated__/InboxPageQuery.graphql.ts';
import { AgentList } from './AgentList.tsx';
import { HealingList } from './HealingList.tsx';

const tab =
  'rounded-lg px-3 py-1.5 pointer-coarse:py-2.5 hover:bg-hover aria-[current=true]:bg-sunken aria-[current=true]:font-medium';

/** The failures of agents on which a person has to decide, and the registered agents. */
export const InboxPage = () => {
  useTitle(t`Agents`);
  const query = useRouteQuery<InboxPageQuery>(graphql`
    query InboxPageQuery($status: HealingStatus) @preloadable {
      viewer {
        viewerCanGenerate
      }
      ...HealingList_query @arguments(status: $status)
      ...AgentList_query
    }
  `);
  const [search] = useSearchParams();
  const showsAll = search.get('show') === 'all';
  const { revalidate, state } = useRevalidator();
  return (
    <div className="flex h-full flex-col">
      <PageHeader title={t`Agents`}>
        <IconButton
          icon={RefreshCw}
          label={state === 'loading' ? t`Refreshing` : t`Refresh`}
          onClick={() => void revalidate()}
        />
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-12 md:px-6">
        <div className="mx-auto max-w-4xl">
          <nav aria-label={t`Failures to show`} className="flex gap-1 pt-2 pb-4">
            <NavLink to="/healing" end className={tab} aria-current={!showsAll}>
              <Trans>Needs a decision</Trans>
            </NavLink>
            <NavLink to="/healing?show=all" className={tab} aria-current={showsAll}>
              <Trans>All failures</Trans>
            </NavLink>
          </nav>
          <HealingList query={query} showsAll={showsAll} />
          <Section title={t`Registered agents`}>
            <AgentList query={query} canRegister={query.viewer?.viewerCanGenerate ?? false} />
          </Section>
        </div>
      </div>
    </div>
  );
};
