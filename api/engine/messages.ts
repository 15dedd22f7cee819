/** The message to users when the engine is unreachable. Its address is for administrators only. */
export const unreachableMessage =
  'The language model engine does not answer. Try again in a minute; if this lasts, tell an administrator.';

/** The message to users when the engine sends nothing. */
export const silenceMessage = (seconds: number): string =>
  `The language model engine was silent for ${seconds} s. It may be overloaded; try again.`;
