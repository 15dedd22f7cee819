import { useSyncExternalStore } from 'react';
import { spokenParts, spokenText } from './spokenText.ts';

/** The id of the message that is being read aloud; null for none. One page reads one message at a time. */
let speaking: string | null = null;
const changed = new EventTarget();

const set = (id: string | null) => {
  speaking = id;
  changed.dispatchEvent(new Event('change'));
};

const follow = (listener: () => void) => {
  changed.addEventListener('change', listener);
  return () => changed.removeEventListener('change', listener);
};

export const useSpeaking = (id: string): boolean => useSyncExternalStore(follow, () => speaking) === id;

const voices = {
  follow(listener: () => void) {
    const { speechSynthesis } = window;
    speechSynthesis?.addEventListener('voiceschanged', listener);
    return () => speechSynthesis?.removeEventListener('voiceschanged', listener);
  },
  // Some systems have the interface and no voice.
  exist: () => (window.speechSynthesis?.getVoices().length ?? 0) > 0,
};

/** Whether this browser can read aloud. */
export const useCanSpeak = (): boolean => useSyncExternalStore(voices.follow, voices.exist);

export const stopSpeaking = (): void => {
  set(null);
  window.speechSynthesis?.cancel();
};

/** Reads a message aloud, instead of the one before. */
export const speak = (id: string, markdown: string): void => {
  stopSpeaking();
  const parts = spokenParts(spokenText(markdown));
  if (parts.length === 0) return;
  set(id);
  const next = (index: number) => {
    const part = parts[index];
    if (speaking !== id) return;
    if (part === undefined) return set(null);
    const utterance = new SpeechSynthesisUtterance(part);
    utterance.onend = () => next(index + 1);
    utterance.onerror = () => {
      if (speaking === id) set(null);
    };
    window.speechSynthesis.speak(utterance);
  };
  next(0);
};
