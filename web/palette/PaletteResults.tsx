import { t } from '@lingui/core/macro';
import { graphql, useLazyLoadQuery } from 'react-relay';
import { hasAllWords } from '../search/words.ts';
import type { PaletteResultsQuery } from './__generated__/PaletteResultsQuery.graphql.ts';
import { PaletteConversations } from './PaletteConversations.tsx';
import { PaletteMessages } from './PaletteMessages.tsx';
import { PaletteTags } from './PaletteTags.tsx';

export interface PaletteResultsProps {
  readonly words: string;
  /** Whether no action has the words. */
  readonly isAlone: boolean;
}

/** Maximum conversations shown. Further ones are found by more words. */
const shown = 6;
/** Maximum tags shown. */
const shownTags = 3;

/** The tags that contain the words, the conversations whose title has them, and the messages that have them. */
export const PaletteResults = ({ words, isAlone }: PaletteResultsProps) => {
  const query = useLazyLoadQuery<PaletteResultsQuery>(
    graphql`
      query PaletteResultsQuery($words: String!) {
        conversations(first: 20, search: $words) {
          edges {
            node {
              id
              title
              archived
            }
          }
        }
        archive: conversations(first: 20, search: $words, archived: true) {
          edges {
            node {
              id
              title
              archived
            }
          }
        }
        tags(search: $words) {
          name
        }
        ...PaletteMessages_query @arguments(words: $words)
      }
    `,
    { words },
    { fetchPolicy: 'store-and-network' },
  );
  const conversations = [...query.conversations.edges, ...query.archive.edges]
    .map(({ node }) => node)
    // The search also finds conversations by their messages, which are listed themselves.
    .filter(({ title }) => hasAllWords(title, words))
    .slice(0, shown);
  const tags = query.tags.slice(0, shownTags).map(({ name }) => name);
  return (
    <>
      <PaletteTags names={tags} />
      <PaletteConversations title={t`Conversations`} conversations={conversations} />
      <PaletteMessages
        query={query}
        words={words}
        isAlone={isAlone && conversations.length + tags.length === 0}
      />
    </>
  );
};
