import { Trans } from '@lingui/react/macro';
import { Suspense, useState } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay';
import { ErrorBoundary } from '../ui/ErrorBoundary.tsx';
import type { RecognizedTextQuery } from './__generated__/RecognizedTextQuery.graphql.ts';

/** The text that OCR read from an image, below it. It loads when it is opened. */
export const RecognizedText = ({ id }: { readonly id: string }) => {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details
      className="mt-1 max-w-prose text-sm"
      onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}
    >
      <summary className="cursor-pointer text-muted">
        <Trans>Text read from the image by OCR</Trans>
      </summary>
      {isOpen && (
        <ErrorBoundary fallback={() => <Problem />} resetKey={id}>
          <Suspense
            fallback={
              <p className="text-muted">
                <Trans>Loading…</Trans>
              </p>
            }
          >
            <Preview id={id} />
          </Suspense>
        </ErrorBoundary>
      )}
    </details>
  );
};

const Problem = () => (
  <p role="alert" className="text-danger">
    <Trans>The text could not be loaded. Close and open it to try again.</Trans>
  </p>
);

const Preview = ({ id }: { readonly id: string }) => {
  const { node } = useLazyLoadQuery<RecognizedTextQuery>(
    graphql`
      query RecognizedTextQuery($id: ID!) {
        node(id: $id) {
          ... on Attachment {
            textLength
            preview
          }
        }
      }
    `,
    { id },
  );
  if (typeof node?.preview !== 'string' || typeof node.textLength !== 'number') return <Problem />;
  return (
    <p dir="auto" className="whitespace-pre-wrap rounded-xl bg-sunken px-3 py-1.5">
      {node.preview}
      {node.textLength > node.preview.length && '…'}
    </p>
  );
};
