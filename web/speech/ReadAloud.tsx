import { t } from '@lingui/core/macro';
import { Square, Volume2 } from 'lucide-react';
import { useEffect } from 'react';
import { graphql, useFragment } from 'react-relay';
import { IconButton } from '../ui/IconButton.tsx';
import type { ReadAloud_message$key } from './__generated__/ReadAloud_message.graphql.ts';
import { speak, stopSpeaking, useCanSpeak, useSpeaking } from './speaker.ts';

/** Reads a finished answer aloud with a voice of the browser. Absent where the browser has none. */
export const ReadAloud = ({ message: key }: { message: ReadAloud_message$key }) => {
  const { id, content } = useFragment(
    graphql`
      fragment ReadAloud_message on Message {
        id
        content
      }
    `,
    key,
  );
  const canSpeak = useCanSpeak();
  const isSpeaking = useSpeaking(id);
  useEffect(() => {
    if (isSpeaking) return stopSpeaking;
  }, [isSpeaking]);
  if (!canSpeak || content === '') return null;
  return (
    <IconButton
      icon={isSpeaking ? Square : Volume2}
      label={isSpeaking ? t`Stop reading` : t`Read aloud`}
      compact
      onClick={() => (isSpeaking ? stopSpeaking() : speak(id, content))}
    />
  );
};
