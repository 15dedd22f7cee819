import { i18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { ThumbsDown, ThumbsUp } from 'lucide-react';
import { graphql, useFragment, useMutation } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { useNotify } from '../ui/Notices.tsx';
import type { RateMessage_message$key } from './__generated__/RateMessage_message.graphql.ts';
import type { RateMessageMutation } from './__generated__/RateMessageMutation.graphql.ts';

const ratings = [
  ['GOOD', ThumbsUp, msg`Good answer`],
  ['BAD', ThumbsDown, msg`Bad answer`],
] as const;

/** Rates an answer. The pressed rating is removed by pressing it again. */
export const RateMessage = ({ message: key }: { message: RateMessage_message$key }) => {
  const { id, rating } = useFragment(
    graphql`
      fragment RateMessage_message on Message {
        id
        rating
      }
    `,
    key,
  );
  const [commit] = useMutation<RateMessageMutation>(graphql`
    mutation RateMessageMutation($input: RateMessageInput!) @raw_response_type {
      rateMessage(input: $input) {
        message {
          id
          rating
        }
      }
    }
  `);
  const notify = useNotify();
  const rate = (chosen: 'GOOD' | 'BAD') => {
    const next = rating === chosen ? null : chosen;
    commit({
      variables: { input: { messageId: id, rating: next } },
      optimisticResponse: { rateMessage: { message: { id, rating: next } } },
      onError: (error) => notify({ text: messageOf(error) }),
    });
  };
  return ratings.map(([value, icon, label]) => (
    <IconButton
      key={value}
      icon={icon}
      label={i18n._(label)}
      compact
      aria-pressed={rating === value}
      onClick={() => rate(value)}
    />
  ));
};
