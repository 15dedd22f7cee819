import { t } from '@lingui/core/macro';
import { graphql, useFragment } from 'react-relay';
import { locale } from '../language/language.ts';
import type { ConversationTags_conversation$key } from './__generated__/ConversationTags_conversation.graphql.ts';
import { useTagFilter } from './tagFilter.ts';

/** Tags shown beside the title. The others are in the dialog. */
const maxShown = 3;

/** The tags of the open conversation. Each shows the conversations that have it. */
export const ConversationTags = ({
  conversation: key,
}: {
  conversation: ConversationTags_conversation$key;
}) => {
  const { tags } = useFragment(
    graphql`
      fragment ConversationTags_conversation on Conversation {
        tags
      }
    `,
    key,
  );
  const { show } = useTagFilter();
  if (tags.length === 0) return null;
  return (
    <ul aria-label={t`Tags`} className="hidden max-w-[40%] min-w-0 shrink-0 items-center gap-1.5 md:flex">
      {tags.slice(0, maxShown).map((tag) => (
        <li key={tag} className="min-w-0">
          <button
            type="button"
            dir="auto"
            title={t`Show conversations with the tag ${tag}`}
            onClick={() => show(tag)}
            className="block h-7 max-w-36 truncate rounded-md bg-sunken px-2 text-sm text-muted hover:text-ink"
          >
            {tag}
          </button>
        </li>
      ))}
      {tags.length > maxShown && (
        <li className="text-sm text-muted">
          {new Intl.NumberFormat(locale(), { signDisplay: 'always' }).format(tags.length - maxShown)}
        </li>
      )}
    </ul>
  );
};
