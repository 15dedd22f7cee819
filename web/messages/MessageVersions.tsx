import { t } from '@lingui/core/macro';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { graphql, useFragment } from 'react-relay';
import { locale } from '../language/language.ts';
import { IconButton } from '../ui/IconButton.tsx';
import type { MessageVersions_message$key } from './__generated__/MessageVersions_message.graphql.ts';
import { useSelectMessage } from './useSelectMessage.ts';

/** The arrow that was pressed last: the selected version replaces this message, and its arrow takes the focus. */
let pressed: { readonly id: string; readonly by: number } | null = null;

/** Switches between the versions of a message, if there are several. */
export const MessageVersions = ({ message: key }: { message: MessageVersions_message$key }) => {
  const { id, siblings, viewerCanSelect } = useFragment(
    graphql`
      fragment MessageVersions_message on Message {
        id
        viewerCanSelect
        siblings {
          id
        }
      }
    `,
    key,
  );
  const { selectMessage, isSelecting } = useSelectMessage();
  const group = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (pressed?.id !== id) return;
    const arrows = group.current?.querySelectorAll<HTMLButtonElement>('button');
    arrows?.[pressed.by < 0 ? 0 : 1]?.focus({ preventScroll: true });
    pressed = null;
  }, [id]);
  if (siblings.length < 2) return null;
  const at = siblings.findIndex((sibling) => sibling.id === id);
  const step = (by: number) => {
    const next = siblings[at + by];
    if (!next || isSelecting) return;
    pressed = { id: next.id, by };
    selectMessage(next.id);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields of a form
    <div
      ref={group}
      role="group"
      aria-label={t`Versions`}
      data-versions
      className="flex items-center text-sm text-muted tabular-nums"
    >
      {viewerCanSelect && (
        <IconButton
          icon={ChevronLeft}
          label={t`Previous version`}
          compact
          className="rtl:-scale-x-100"
          aria-disabled={at <= 0 || undefined}
          onClick={() => step(-1)}
        />
      )}
      <span>
        {(at + 1).toLocaleString(locale())}/{siblings.length.toLocaleString(locale())}
      </span>
      {viewerCanSelect && (
        <IconButton
          icon={ChevronRight}
          label={t`Next version`}
          compact
          className="rtl:-scale-x-100"
          aria-disabled={at >= siblings.length - 1 || undefined}
          onClick={() => step(1)}
        />
      )}
    </div>
  );
};
