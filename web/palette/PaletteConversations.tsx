import { Trans } from '@lingui/react/macro';
import { Archive, MessageSquare } from 'lucide-react';
import { useNavigate } from 'react-router';
import { chatPath } from '../conversations/chatPath.ts';
import { usePendingDeletions } from '../conversations/selection/pendingDeletions.tsx';
import { PaletteGroup, PaletteOption } from './PaletteOption.tsx';

export interface PaletteConversationsProps {
  readonly title: string;
  readonly conversations: readonly {
    readonly id: string;
    readonly title: string;
    readonly archived: boolean;
  }[];
}

/** Conversations to open. */
export const PaletteConversations = ({ title: heading, conversations }: PaletteConversationsProps) => {
  const navigate = useNavigate();
  const { hidden } = usePendingDeletions();
  const shown = conversations.filter(({ id }) => !hidden.has(id));
  if (shown.length === 0) return null;
  return (
    <PaletteGroup title={heading}>
      {shown.map(({ id, title, archived }) => (
        <PaletteOption
          key={id}
          icon={archived ? Archive : MessageSquare}
          onChoose={() => void navigate(chatPath(id))}
        >
          <span dir="auto" className="block truncate">
            {title}
            {archived && (
              <span className="text-muted">
                {' · '}
                <Trans>archived</Trans>
              </span>
            )}
          </span>
        </PaletteOption>
      ))}
    </PaletteGroup>
  );
};
