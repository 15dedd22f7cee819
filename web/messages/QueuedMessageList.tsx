import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Clock, Pencil, X } from 'lucide-react';
import { Button } from '../ui/Button.tsx';
import { IconButton } from '../ui/IconButton.tsx';

export interface QueuedMessageListProps {
  readonly texts: readonly string[];
  /** Moves a message back into the field. */
  readonly onEdit: (index: number) => void;
  readonly onRemove: (index: number) => void;
  /** Null while they are sent by themselves. */
  readonly onSendFirst: (() => void) | null;
}

/** The messages that wait for the answer to end. */
export const QueuedMessageList = ({ texts, onEdit, onRemove, onSendFirst }: QueuedMessageListProps) =>
  texts.length > 0 && (
    <ul
      aria-label={t`Queued messages`}
      className="flex flex-col gap-1 rounded-xl border border-line bg-surface p-1.5"
    >
      {texts.map((text, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two messages may have the same text
        <li key={index} className="flex items-center gap-2 ps-2">
          <Clock size={15} aria-hidden="true" className="shrink-0 text-muted" />
          <span className="shrink-0 text-sm text-muted">
            <Trans>Queued</Trans>
          </span>
          <span dir="auto" className="min-w-0 flex-1 truncate">
            {text}
          </span>
          {index === 0 && onSendFirst && (
            <Button onClick={onSendFirst}>
              <Trans>Send now</Trans>
            </Button>
          )}
          <IconButton icon={Pencil} label={t`Edit queued message`} compact onClick={() => onEdit(index)} />
          <IconButton icon={X} label={t`Remove queued message`} compact onClick={() => onRemove(index)} />
        </li>
      ))}
    </ul>
  );
