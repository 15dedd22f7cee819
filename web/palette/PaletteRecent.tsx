import { t } from '@lingui/core/macro';
import { graphql, useLazyLoadQuery } from 'react-relay';
import type { PaletteRecentQuery } from './__generated__/PaletteRecentQuery.graphql.ts';
import { PaletteConversations } from './PaletteConversations.tsx';

/** The latest conversations, shown before anything was typed. */
export const PaletteRecent = () => {
  const { conversations } = useLazyLoadQuery<PaletteRecentQuery>(
    graphql`
      query PaletteRecentQuery {
        conversations(first: 6) {
          edges {
            node {
              id
              title
              archived
            }
          }
        }
      }
    `,
    {},
    { fetchPolicy: 'store-and-network' },
  );
  return (
    <PaletteConversations
      title={t`Recent conversations`}
      conversations={conversations.edges.map(({ node }) => node)}
    />
  );
};
