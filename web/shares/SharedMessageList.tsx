import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { graphql, usePaginationFragment } from 'react-relay';
import { Markdown } from '../messages/Markdown.tsx';
import { UserBubble } from '../messages/UserBubble.tsx';
import { Button } from '../ui/Button.tsx';
import type { SharedMessageList_query$key } from './__generated__/SharedMessageList_query.graphql.ts';

const page = 50;

/** The messages of a shared conversation, oldest first. */
export const SharedMessageList = ({ query }: { query: SharedMessageList_query$key }) => {
  const { data, loadNext, hasNext, isLoadingNext } = usePaginationFragment(
    graphql`
      fragment SharedMessageList_query on Query
      @argumentDefinitions(
        secret: { type: "String!" }
        first: { type: "Int", defaultValue: 50 }
        after: { type: "String" }
      )
      @refetchable(queryName: "SharedMessageListPaginationQuery") {
        sharedConversation(secret: $secret) {
          messages(first: $first, after: $after) @connection(key: "SharedMessageList_messages") {
            edges {
              cursor
              node {
                role
                content
                model
                edited
              }
            }
          }
        }
      }
    `,
    query,
  );
  const edges = data.sharedConversation?.messages.edges ?? [];
  return (
    <>
      {edges.map(({ cursor, node: { role, content, model, edited } }) =>
        role === 'USER' ? (
          <article key={cursor} aria-label={t`Question`} className="flex flex-col items-end pt-6">
            <UserBubble text={content} />
          </article>
        ) : (
          <article key={cursor} aria-label={t`Answer`} className="pt-6">
            {edited && (
              <p className="mb-1 text-sm text-muted">
                <Trans>Edited</Trans>
              </p>
            )}
            {model && <p className="mb-1 text-sm text-muted">{model}</p>}
            <Markdown text={content} isStreaming={false} />
          </article>
        ),
      )}
      {hasNext && (
        <div className="flex justify-center pt-8">
          <Button onClick={() => loadNext(page)} busy={isLoadingNext}>
            {isLoadingNext ? t`Loading…` : t`Show more messages`}
          </Button>
        </div>
      )}
    </>
  );
};
