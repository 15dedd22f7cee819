import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { graphql } from 'react-relay';
import { useNavigate, useSearchParams } from 'react-router';
import { useRouteQuery } from '../relay/useRouteQuery.ts';
import { Select } from '../ui/Select.tsx';
import { useTitle } from '../ui/useTitle.ts';
import type { HoldingsPageQuery } from './__generated__/HoldingsPageQuery.graphql.ts';
import { HoldingList } from './HoldingList.tsx';
import { chosenResource, resourceNames, resources } from './resources.ts';

/** What callers hold now, of all resources or of one. */
export const HoldingsPage = () => {
  useTitle(t`Resources`);
  const query = useRouteQuery<HoldingsPageQuery>(graphql`
    query HoldingsPageQuery($resource: HeldResource) @preloadable {
      ...HoldingList_query @arguments(resource: $resource)
    }
  `);
  const chosen = chosenResource(useSearchParams()[0]);
  const navigate = useNavigate();
  return (
    <section aria-label={t`Resources`} className="flex flex-col gap-4 pt-6">
      <Select
        label={t`Resource`}
        className="max-w-xs"
        value={chosen ?? ''}
        onChange={({ target }) =>
          void navigate({ search: target.value && `?resource=${target.value}` }, { replace: true })
        }
      >
        <option value="">
          <Trans>All resources</Trans>
        </option>
        {resourceNames.map((name) => (
          <option key={name} value={name}>
            {resources[name].label()}
          </option>
        ))}
      </Select>
      <HoldingList key={chosen} query={query} />
    </section>
  );
};
