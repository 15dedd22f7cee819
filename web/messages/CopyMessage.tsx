import { t } from '@lingui/core/macro';
import { graphql, useFragment } from 'react-relay';
import { CopyButton } from '../ui/CopyButton.tsx';
import type { CopyMessage_message$key } from './__generated__/CopyMessage_message.graphql.ts';

export const CopyMessage = ({ message: key }: { message: CopyMessage_message$key }) => {
  const { content } = useFragment(
    graphql`
      fragment CopyMessage_message on Message {
        content
      }
    `,
    key,
  );
  return <CopyButton text={content} label={t`Copy answer`} />;
};
