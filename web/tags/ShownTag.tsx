import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Tag, X } from 'lucide-react';
import { IconButton } from '../ui/IconButton.tsx';
import { useTagFilter } from './tagFilter.ts';

/** Says which tag the list of conversations is filtered by, and ends the filter. */
export const ShownTag = ({ onEnd }: { onEnd: () => void }) => {
  const { tag, show } = useTagFilter();
  if (tag === null) return null;
  return (
    <div className="mx-2.5 mb-2 flex h-9 items-center gap-2 rounded-lg bg-accent-soft ps-2.5 pe-0.5 text-sm pointer-coarse:h-11">
      <Tag size={15} strokeWidth={1.75} aria-hidden="true" className="shrink-0 text-accent" />
      <span className="min-w-0 flex-1 truncate">
        <Trans>
          Tag <bdi className="font-medium">{tag}</bdi>
        </Trans>
      </span>
      <IconButton
        icon={X}
        label={t`Show all conversations`}
        compact
        onClick={() => {
          show(null);
          onEnd();
        }}
      />
    </div>
  );
};
