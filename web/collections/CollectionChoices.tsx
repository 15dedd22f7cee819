import { Trans } from '@lingui/react/macro';
import { useId, useState } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay';
import { Link } from 'react-router';
import { locale } from '../language/language.ts';
import type { CollectionChoicesQuery } from './__generated__/CollectionChoicesQuery.graphql.ts';
import { collectionsPath } from './paths.ts';

export interface CollectionChoicesProps {
  /** The global id of a conversation or a folder. */
  readonly id: string;
  readonly fetchKey: number;
  /** Closes the dialog before its link opens a page, which would be behind it. */
  readonly onLeave: () => void;
}

/** The maximum of the server. */
const maxChosen = 10;

/** A part of a form: the collections that a conversation or a folder searches. `readChoices` reads it. */
export const CollectionChoices = ({ id, fetchKey, onLeave }: CollectionChoicesProps) => {
  const hintId = useId();
  const { node, collections } = useLazyLoadQuery<CollectionChoicesQuery>(
    graphql`
      query CollectionChoicesQuery($id: ID!) {
        node(id: $id) {
          ... on Conversation {
            collections {
              collectionId
              collection {
                id
                name
              }
            }
            folder {
              collections {
                collectionId
                collection {
                  id
                  name
                }
              }
            }
          }
          ... on Folder {
            collections {
              collectionId
              collection {
                id
                name
              }
            }
          }
        }
        collections(first: 100) {
          edges {
            node {
              id
              name
            }
          }
        }
      }
    `,
    { id },
    // The checkboxes take their state once.
    { fetchPolicy: 'network-only', fetchKey },
  );
  const chosen = node?.collections ?? [];
  const [selected, setSelected] = useState<ReadonlySet<string>>(
    () => new Set(chosen.map(({ collectionId }) => collectionId)),
  );
  const isFull = selected.size >= maxChosen;
  const select = (collectionId: string, isSelected: boolean) => {
    const others = [...selected].filter((one) => one !== collectionId);
    setSelected(new Set(isSelected ? [...others, collectionId] : others));
  };
  const available = collections.edges.flatMap((edge) => edge.node ?? []);
  const known = new Set(available.map((collection) => collection.id));
  const further = chosen.filter(({ collectionId }) => !known.has(collectionId));
  const inherited = (node?.folder?.collections ?? []).flatMap(({ collection }) => collection?.name ?? []);
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">
        <Trans>Collections</Trans>
      </legend>
      <input type="hidden" name={loadedField} value="yes" />
      {available.length + further.length === 0 ? (
        <p className="text-sm text-muted">
          <Trans>
            There are no collections yet. Create one on the page{' '}
            <Link to={collectionsPath} onClick={onLeave} className="text-accent hover:underline">
              Collections
            </Link>
            .
          </Trans>
        </p>
      ) : (
        <div className="flex max-h-48 flex-col gap-2 overflow-y-auto py-0.5">
          {[
            ...available.map(({ id: collectionId, name }) => ({ collectionId, name })),
            ...further.map(({ collectionId, collection }) => ({
              collectionId,
              name: collection?.name ?? null,
            })),
          ].map(({ collectionId, name }) => (
            <label key={collectionId} className="flex items-start gap-2.5">
              <input
                type="checkbox"
                name={choiceField}
                value={collectionId}
                checked={selected.has(collectionId)}
                disabled={isFull && !selected.has(collectionId)}
                aria-describedby={isFull ? hintId : undefined}
                onChange={({ target }) => select(collectionId, target.checked)}
                className="mt-1 size-4 shrink-0 accent-accent"
              />
              {name === null ? (
                <span className="text-muted">
                  <Trans>A collection that is no longer available. It is not searched.</Trans>
                </span>
              ) : (
                <span dir="auto" className="min-w-0 wrap-anywhere">
                  {name}
                </span>
              )}
            </label>
          ))}
        </div>
      )}
      {isFull && (
        <p id={hintId} role="status" className="mt-1.5 text-sm text-muted">
          <Trans>At most {maxChosen} collections can be chosen. Clear one to choose another.</Trans>
        </p>
      )}
      {inherited.length > 0 && <Inherited names={inherited} />}
    </fieldset>
  );
};

const Inherited = ({ names }: { names: readonly string[] }) => {
  const list = new Intl.ListFormat(locale()).format(names);
  return (
    <p className="mt-1.5 text-sm text-muted wrap-anywhere">
      <Trans>Answers also search the collections of the folder: {list}.</Trans>
    </p>
  );
};

const choiceField = 'collection';
const loadedField = 'collectionsLoaded';

/** Returns the chosen ids; null if the choices could not be loaded, so that saving leaves them as they are. */
export const readChoices = (form: FormData): string[] | null =>
  form.has(loadedField) ? form.getAll(choiceField).map(String) : null;
