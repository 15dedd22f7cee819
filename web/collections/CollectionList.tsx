import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { graphql, usePaginationFragment } from 'react-relay';
import { Link, useNavigate } from 'react-router';
import { Badge } from '../ui/Badge.tsx';
import { Button } from '../ui/Button.tsx';
import { dialogOnDemand } from '../ui/dialogOnDemand.tsx';
import type { CollectionList_query$key } from './__generated__/CollectionList_query.graphql.ts';
import { pathOfCollection } from './paths.ts';
import { useCreateCollection } from './useCreateCollection.ts';

const CollectionDialog = dialogOnDemand(
  async () => (await import('./CollectionDialog.tsx')).CollectionDialog,
);

const page = 30;

/** The collections that the viewer may read, with a button to create one. */
export const CollectionList = ({ query }: { query: CollectionList_query$key }) => {
  const { data, loadNext, hasNext, isLoadingNext } = usePaginationFragment(
    graphql`
      fragment CollectionList_query on Query
      @argumentDefinitions(first: { type: "Int", defaultValue: 30 }, after: { type: "String" })
      @refetchable(queryName: "CollectionListPaginationQuery") {
        viewer {
          viewerCanGenerate
        }
        collections(first: $first, after: $after) @connection(key: "CollectionList_collections") {
          __id
          edges {
            node {
              id
              name
              description
              sharedWithEveryone
              documentCount
            }
          }
        }
      }
    `,
    query,
  );
  const navigate = useNavigate();
  const [isCreating, setCreating] = useState(false);
  const { create, isBusy, problem } = useCreateCollection(data.collections.__id);
  // One that was just deleted is null until the list is refetched.
  const collections = data.collections.edges.flatMap(({ node }) => node ?? []);
  return (
    <>
      {data.viewer?.viewerCanGenerate && (
        <Button tone="accent" onClick={() => setCreating(true)}>
          <Plus size={17} aria-hidden="true" />
          <Trans>New collection</Trans>
        </Button>
      )}
      {collections.length === 0 ? (
        <p className="mt-6 text-muted">
          <Trans>There are no collections yet.</Trans>
        </p>
      ) : (
        <ul aria-label={t`Collections`} className="mt-5 divide-y divide-line border-y border-line">
          {collections.map(({ id, name, description, sharedWithEveryone, documentCount }) => (
            <li key={id}>
              <Link to={pathOfCollection(id)} className="block rounded-lg px-2 py-3 hover:bg-hover">
                <span className="flex items-center gap-2.5">
                  <span dir="auto" className="min-w-0 truncate font-medium">
                    {name}
                  </span>
                  {sharedWithEveryone && (
                    <Badge>
                      <Trans>Shared with everyone</Trans>
                    </Badge>
                  )}
                </span>
                {description && (
                  <span dir="auto" className="mt-0.5 line-clamp-2 block text-sm text-muted">
                    {description}
                  </span>
                )}
                <span className="mt-0.5 block text-sm text-muted">
                  {plural(documentCount, { one: '# document', other: '# documents' })}
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
      {hasNext && (
        <Button className="mt-4" onClick={() => loadNext(page)} busy={isLoadingNext}>
          <Trans>Show more</Trans>
        </Button>
      )}
      <CollectionDialog
        open={isCreating}
        title={t`New collection`}
        action={t`Create`}
        isBusy={isBusy}
        problem={problem}
        onSubmit={(fields) =>
          create(fields, (id) => {
            setCreating(false);
            void navigate(pathOfCollection(id));
          })
        }
        onClose={() => setCreating(false)}
      />
    </>
  );
};
