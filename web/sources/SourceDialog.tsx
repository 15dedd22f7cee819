import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { lazy, Suspense, useState } from 'react';
import { messageOf } from '../relay/failure.ts';
import { Button } from '../ui/Button.tsx';
import { ErrorBoundary } from '../ui/ErrorBoundary.tsx';
import { Modal } from '../ui/Modal.tsx';
import { Problem } from '../ui/Problem.tsx';

/** Loads with the first passage that is opened. */
const SourcePassage = lazy(async () => ({ default: (await import('./SourcePassage.tsx')).SourcePassage }));

export interface SourceDialogProps {
  readonly open: boolean;
  readonly messageId: string;
  /** The number of the source to show; null while it is closed. */
  readonly number: number | null;
  readonly onClose: () => void;
}

/** Shows the passage of a document that an answer cites. */
export const SourceDialog = ({ open, messageId, number, onClose }: SourceDialogProps) => {
  const [tries, setTries] = useState(0);
  return (
    <Modal
      open={open}
      onOpenChange={(stays) => !stays && onClose()}
      title={number === null ? t`Source` : t`Source ${number}`}
      size="wide"
    >
      <ErrorBoundary
        resetKey={number}
        fallback={(error, retry) => (
          <Problem
            action={
              <Button
                onClick={() => {
                  setTries(tries + 1);
                  retry();
                }}
              >
                <Trans>Try again</Trans>
              </Button>
            }
          >
            {messageOf(error)}
          </Problem>
        )}
      >
        <Suspense
          fallback={
            <p role="status" className="text-muted">
              <Trans>Loading…</Trans>
            </p>
          }
        >
          {number !== null && <SourcePassage messageId={messageId} number={number} tries={tries} />}
        </Suspense>
      </ErrorBoundary>
    </Modal>
  );
};
