import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { locale } from '../language/language.ts';
import { useIndexing } from './useIndexing.ts';

export interface IndexingProgressProps {
  /** The global id of the attachment. */
  readonly id: string;
  readonly name: string;
}

/** Shows how far a document is indexed for search by meaning, while it is. A message can be sent meanwhile. */
export const IndexingProgress = ({ id, name }: IndexingProgressProps) => {
  const indexing = useIndexing(id);
  if (!indexing) return null;
  const { done, total } = indexing;
  const share = (done / total).toLocaleString(locale(), { style: 'percent' });
  return (
    <span className="flex items-center gap-2 text-muted">
      <Trans comment="The progress of preparing a document for search by meaning, such as 40 %">
        Indexing, {share}
      </Trans>
      <progress
        aria-label={t`Indexing of ${name}`}
        value={done}
        max={total}
        className="h-1.5 w-20 accent-accent"
      />
    </span>
  );
};
