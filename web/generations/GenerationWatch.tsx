import { i18n, type MessageDescriptor } from '@lingui/core';
import { msg, t } from '@lingui/core/macro';
import { useEffect, useRef } from 'react';
import { graphql, useFragment } from 'react-relay';
import { useAllowance } from '../limits/AllowanceProvider.tsx';
import { tellDone } from '../offline/doneNotice.ts';
import { useAnnounce } from '../ui/Announcer.tsx';
import type { GenerationWatch_message$key } from './__generated__/GenerationWatch_message.graphql.ts';
import { isActive } from './status.ts';
import { useGenerationStream } from './useGenerationStream.ts';

const finished = msg`Answer finished.`;
const endings: Readonly<Record<string, MessageDescriptor>> = {
  COMPLETED: finished,
  CANCELLED: msg`Answer stopped.`,
  FAILED: msg`The answer failed.`,
  INTERRUPTED: msg`The answer was interrupted.`,
};

/** How long an answer counts as just requested, in ms. */
const newFor = 60_000;

/** Renders nothing: streams one answer into the store, wherever the reader has scrolled, and announces its progress. */
export const GenerationWatch = ({ message: key }: { message: GenerationWatch_message$key }) => {
  const message = useFragment(
    graphql`
      fragment GenerationWatch_message on Message {
        createdAt
        generation {
          id
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
  const { id, status } = message.generation ?? {};
  const isNew = Date.now() - Date.parse(message.createdAt) < newFor;
  const before = useRef<string | undefined>(undefined);
  useEffect(() => {
    const was = before.current;
    before.current = status;
    if (isActive(status) && !isActive(was)) announce(t`Answering…`);
    else if (isActive(was) && status) {
      const words = i18n._(endings[status] ?? finished);
      announce(words);
      if (id) void tellDone(id, words);
      void refresh();
    } else if (was === undefined && status && !isActive(status) && isNew) {
      // A short answer may have ended before its page rendered it.
      void refresh();
    }
  }, [id, status, isNew, announce, refresh]);
  return null;
};
