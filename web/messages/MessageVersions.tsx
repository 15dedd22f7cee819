import { ChevronLeft, ChevronRight } from 'lucide-react';
import { graphql, useFragment } from 'react-relay';
import { IconButton } from '../ui/IconButton.tsx';
import type { MessageVersions_message$key } from './__generated__/MessageVersions_message.graphql.ts';
import { useSelectMessage } from './useSelectMessage.ts';

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
  if (siblings.length < 2) return null;
  const at = siblings.findIndex((sibling) => sibling.id === id);
  const step = (by: number) => {
    const next = siblings[at + by];
    if (next && !isSelecting) selectMessage(next.id);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields of a form
    <div role="group" aria-label="Versions" className="flex items-center text-sm text-muted tabular-nums">
      {viewerCanSelect && (
        <IconButton
          icon={ChevronLeft}
          label="Previous version"
          compact
          disabled={at <= 0}
          onClick={() => step(-1)}
        />
      )}
      <span>
        {at + 1}/{siblings.length}
      </span>
      {viewerCanSelect && (
        <IconButton
          icon={ChevronRight}
          label="Next version"
          compact
          disabled={at >= siblings.length - 1}
          onClick={() => step(1)}
        />
      )}
    </div>
  );
};
