import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Check, List, Tag } from 'lucide-react';
import { graphql, useLazyLoadQuery } from 'react-relay';
import { IconButton } from '../ui/IconButton.tsx';
import { LoadBoundary } from '../ui/LoadBoundary.tsx';
import { Menu, MenuItem } from '../ui/Menu.tsx';
import type { TagFilterMenuQuery } from './__generated__/TagFilterMenuQuery.graphql.ts';
import { useTagFilter } from './tagFilter.ts';

/** Chooses the tag that the list of conversations is filtered by. */
export const TagFilterMenu = () => {
  const { tag } = useTagFilter();
  return (
    <Menu trigger={<IconButton icon={Tag} label={t`Filter by tag`} aria-pressed={tag !== null} />}>
      <LoadBoundary loadingClass="px-2.5 py-1.5 text-sm text-muted">
        {(fetchKey) => <Items fetchKey={fetchKey} />}
      </LoadBoundary>
    </Menu>
  );
};

const Items = ({ fetchKey }: { fetchKey: number }) => {
  const { tags } = useLazyLoadQuery<TagFilterMenuQuery>(
    graphql`
      query TagFilterMenuQuery {
        tags {
          name
        }
      }
    `,
    {},
    { fetchPolicy: 'store-and-network', fetchKey },
  );
  const { tag, show } = useTagFilter();
  if (tags.length === 0 && tag === null) {
    return (
      <p className="max-w-60 px-2.5 py-1.5 text-sm text-muted">
        <Trans>No tags yet. Add some with “Tags” in the menu of a conversation.</Trans>
      </p>
    );
  }
  const names = tags.map(({ name }) => name).toSorted((a, b) => a.localeCompare(b));
  return (
    <div className="max-h-[60dvh] overflow-y-auto">
      <MenuItem icon={List} onSelect={() => show(null)}>
        <Trans>All conversations</Trans>
      </MenuItem>
      {names.map((name) => (
        <MenuItem key={name} icon={name === tag ? Check : Tag} onSelect={() => show(name)}>
          <span dir="auto" className="max-w-60 truncate">
            {name}
          </span>
        </MenuItem>
      ))}
    </div>
  );
};
