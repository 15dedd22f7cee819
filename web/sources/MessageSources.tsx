import { t } from '@lingui/core/macro';
import { graphql, useFragment } from 'react-relay';
import type { MessageSources_message$key } from './__generated__/MessageSources_message.graphql.ts';
import { citedNumbers } from './citations.ts';
import { describeSource } from './describeSource.ts';

export interface MessageSourcesProps {
  readonly message: MessageSources_message$key;
  readonly onOpen: (number: number) => void;
}

/** The passages that a complete answer cites; all that it was given if it cites none. */
export const MessageSources = ({ message: key, onOpen }: MessageSourcesProps) => {
  const { content, sources } = useFragment(
    graphql`
      fragment MessageSources_message on Message {
        content
        sources {
          number
          name
          page
          heading
        }
      }
    `,
    key,
  );
  if (sources.length === 0) return null;
  const cited = citedNumbers(content, sources.length);
  const shown = cited.length > 0 ? sources.filter(({ number }) => cited.includes(number)) : sources;
  return (
    <section aria-label={t`Sources`} className="mt-3 text-sm">
      <p className="font-medium text-muted">
        {cited.length > 0 ? t`Sources` : t`The model read these passages and cited none of them`}
      </p>
      <ol className="mt-1 flex flex-wrap gap-1.5">
        {shown.map((source) => (
          <li key={source.number} className="max-w-full">
            <button
              type="button"
              aria-haspopup="dialog"
              onClick={() => onOpen(source.number)}
              className="flex h-8 max-w-full items-center gap-1.5 rounded-lg border border-line px-2 hover:bg-hover pointer-coarse:h-11"
            >
              <span className="font-medium text-accent">[{source.number}]</span>
              <span dir="auto" className="max-w-72 truncate">
                {describeSource(source)}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
};
