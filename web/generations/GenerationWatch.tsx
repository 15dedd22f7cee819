import { useEffect, useRef } from 'react';
import { graphql, useFragment } from 'react-relay';
import { useAllowance } from '../limits/AllowanceProvider.tsx';
import { useAnnounce } from '../ui/Announcer.tsx';
import type { GenerationWatch_message$key } from './__generated__/GenerationWatch_message.graphql.ts';
import { isActive } from './status.ts';
import { useGenerationStream } from './useGenerationStream.ts';

const endings: Readonly<Record<string, string>> = {
  COMPLETED: 'Answer finished.',
  CANCELLED: 'Answer stopped.',
  FAILED: 'The answer failed.',
  INTERRUPTED: 'The answer was interrupted.',
};

/** How long an answer counts as one that was just asked for, in milliseconds. */
const newFor = 60_000;

/** Shows nothing: keeps one answer streaming into the store wherever the reader has scrolled, and says how it goes. */
export const GenerationWatch = ({ message: key }: { message: GenerationWatch_message$key }) => {
  const message = useFragment(
    graphql`
      fragment GenerationWatch_message on Message {
        createdAt
        generation {
          status
        }
        ...useGenerationStream_message
      }
    `,
    key,
  );
  useGenerationStream(message);
  const announce = useAnnounce();
  const { refresh } = useAllowance();
  const status = message.generation?.status;
  const isNew = Date.now() - Date.parse(message.createdAt) < newFor;
  const before = useRef<string | undefined>(undefined);
  useEffect(() => {
    const was = before.current;
    before.current = status;
    if (isActive(status) && !isActive(was)) announce('Answering…');
    else if (isActive(was) && status) {
      announce(endings[status] ?? 'Answer finished.');
      void refresh();
    } else if (was === undefined && status && !isActive(status) && isNew) {
      // A short answer may have ended before the page that it was asked on had it.
      void refresh();
    }
  }, [status, isNew, announce, refresh]);
  return null;
};
