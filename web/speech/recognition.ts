import { i18n, type MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';

/** The part of the browser's speech recognition that is used here. TypeScript's library doesn't describe it. */
export interface Recognition {
  lang: string;
  continuous: boolean;
  interimResults: boolean;
  onresult: ((event: RecognitionEvent) => void) | null;
  onerror: ((event: { readonly error: string }) => void) | null;
  onend: (() => void) | null;
  start(): void;
  stop(): void;
  abort(): void;
}

export interface RecognitionEvent {
  readonly resultIndex: number;
  readonly results: ArrayLike<ArrayLike<{ readonly transcript: string }> & { readonly isFinal: boolean }>;
}

type RecognitionClass = new () => Recognition;

/** Returns the browser's speech recognition, or null. It needs a page that is on https or on this machine. */
export const recognitionClass = (): RecognitionClass | null => {
  const { SpeechRecognition, webkitSpeechRecognition } = window as {
    SpeechRecognition?: RecognitionClass;
    webkitSpeechRecognition?: RecognitionClass;
  };
  return window.isSecureContext ? (SpeechRecognition ?? webkitSpeechRecognition ?? null) : null;
};

/** Returns the final texts of an event. */
export const textsOf = ({ resultIndex, results }: RecognitionEvent): string =>
  Array.from(results)
    .slice(resultIndex)
    .filter(({ isFinal }) => isFinal)
    .map((result) => result[0]?.transcript.trim() ?? '')
    .join(' ')
    .trim();

const problems: Readonly<Record<string, MessageDescriptor>> = {
  'not-allowed': msg`The browser did not allow the microphone. Allow it in the settings of this site.`,
  'service-not-allowed': msg`This browser does not allow speech recognition.`,
  'audio-capture': msg`No microphone was found. Connect one and try again.`,
  network: msg`The speech recognition of this browser is unreachable. Try again later.`,
  'language-not-supported': msg`The speech recognition of this browser does not know your language.`,
};

/** Returns the text for an error; null if nothing has to be said. */
export const wordsForProblem = (error: string): string | null =>
  error === 'no-speech' || error === 'aborted'
    ? null
    : i18n._(problems[error] ?? msg`The speech recognition of this browser failed. Try again.`);
