import { Suspense } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay';
import { ErrorBoundary } from '../ui/ErrorBoundary.tsx';
import type { UsedTagsQuery } from './__generated__/UsedTagsQuery.graphql.ts';

export interface UsedTagsProps {
  readonly id: string;
  /** Tags that aren't suggested. */
  readonly without?: readonly string[];
}

/** The suggestions of a field for tags: those of all conversations. Without them, a tag can still be typed. */
export const UsedTags = ({ id, without = [] }: UsedTagsProps) => (
  <datalist id={id}>
    <ErrorBoundary fallback={() => null}>
      <Suspense>
        <Options without={without} />
      </Suspense>
    </ErrorBoundary>
  </datalist>
);

const Options = ({ without }: { without: readonly string[] }) => {
  const { tags } = useLazyLoadQuery<UsedTagsQuery>(
    graphql`
      query UsedTagsQuery {
        tags {
          name
        }
      }
    `,
    {},
    { fetchPolicy: 'store-and-network' },
  );
  return tags
    .filter(({ name }) => !without.includes(name))
    .map(({ name }) => <option key={name} value={name} />);
};
