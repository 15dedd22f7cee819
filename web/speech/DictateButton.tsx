import { t } from '@lingui/core/macro';
import { Mic } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useAnnounce } from '../ui/Announcer.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { useNotify } from '../ui/Notices.tsx';
import { type Recognition, recognitionClass, textsOf, wordsForProblem } from './recognition.ts';

export interface DictateButtonProps {
  /** Called with each phrase. */
  readonly onText: (text: string) => void;
}

const told = 'ziggie.dictationTold';

/** Whether the reader has been told where speech is recognized. Tells it once in this browser. */
const wasTold = (): boolean => {
  try {
    const before = localStorage.getItem(told) !== null;
    localStorage.setItem(told, 'yes');
    return before;
  } catch {
    return false;
  }
};

/** Writes what the reader says, by the speech recognition of the browser. Absent where the browser has none. */
export const DictateButton = ({ onText }: DictateButtonProps) => {
  const [Recognizer] = useState(() => recognitionClass());
  const active = useRef<Recognition | null>(null);
  const [isListening, setListening] = useState(false);
  const notify = useNotify();
  const announce = useAnnounce();
  const write = useRef(onText);
  useLayoutEffect(() => {
    write.current = onText;
  }, [onText]);
  useEffect(() => () => active.current?.abort(), []);
  if (!Recognizer) return null;
  const start = () => {
    const recognition = new Recognizer();
    active.current = recognition;
    recognition.lang = navigator.language;
    recognition.continuous = true;
    recognition.interimResults = false;
    recognition.onend = () => {
      active.current = null;
      setListening(false);
    };
    recognition.onerror = ({ error }) => {
      const text = wordsForProblem(error);
      if (text) notify({ text });
    };
    recognition.onresult = (event) => {
      const text = textsOf(event);
      // Rendered at once: the next phrase may follow before the next frame, and is written behind this one.
      if (text !== '') flushSync(() => write.current(text));
    };
    if (!wasTold()) {
      notify({
        text: t`Your browser recognizes what you say. Some browsers send the recording to their maker.`,
      });
    }
    try {
      recognition.start();
      setListening(true);
      announce(t`Listening.`);
    } catch {
      active.current = null;
      notify({ text: t`The speech recognition of this browser did not start. Try again.` });
    }
  };
  return (
    <IconButton
      icon={Mic}
      label={isListening ? t`Stop dictating` : t`Dictate`}
      aria-pressed={isListening}
      onClick={() => (isListening ? active.current?.stop() : start())}
    />
  );
};
