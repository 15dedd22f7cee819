import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useEffect, useRef } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay';
import { serverAddress } from '../relay/basePath.ts';
import type { SourcePassageQuery } from './__generated__/SourcePassageQuery.graphql.ts';
import { describeSource } from './describeSource.ts';

export interface SourcePassageProps {
  readonly messageId: string;
  readonly number: number;
  /** A new number fetches the passage again after an error. */
  readonly tries: number;
}

/** A passage in the text of its document, highlighted. */
export const SourcePassage = ({ messageId, number, tries }: SourcePassageProps) => {
  const { node } = useLazyLoadQuery<SourcePassageQuery>(
    graphql`
      query SourcePassageQuery($id: ID!) {
        node(id: $id) {
          ... on Message {
            sources {
              number
              name
              page
              heading
              text
              before
              after
              attachment {
                id
                name
                url
              }
            }
          }
        }
      }
    `,
    { id: messageId },
    { fetchPolicy: 'store-and-network', fetchKey: tries },
  );
  const mark = useRef<HTMLElement>(null);
  useEffect(() => mark.current?.scrollIntoView({ block: 'nearest' }), []);
  const source = node?.sources?.find((one) => one.number === number);
  if (!source?.attachment || source.text === null || source.text === undefined) {
    return (
      <p className="text-muted">
        <Trans>
          This document was deleted, or its collection is no longer shared with you. Its text can't be shown.
        </Trans>
      </p>
    );
  }
  return (
    <>
      <p dir="auto" className="font-medium wrap-anywhere">
        {describeSource(source)}
      </p>
      {source.page && source.heading && (
        <p dir="auto" className="text-sm text-muted wrap-anywhere">
          {source.heading}
        </p>
      )}
      {/* A scrollable element needs the focus to be scrolled by keys. */}
      <section
        aria-label={t`Text of the document`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled by keys
        tabIndex={0}
        dir="auto"
        className="my-4 max-h-[50dvh] overflow-y-auto rounded-lg border border-line bg-sunken p-4 leading-relaxed whitespace-pre-wrap wrap-anywhere"
      >
        <span className="text-muted">{source.before}</span>
        <mark ref={mark} className="rounded-sm bg-highlight text-ink">
          {source.text}
        </mark>
        <span className="text-muted">{source.after}</span>
      </section>
      <a
        href={serverAddress(source.attachment.url)}
        download={source.attachment.name}
        className="font-medium text-accent underline-offset-4 hover:underline"
      >
        <Trans>Download the document</Trans>
      </a>
    </>
  );
};
