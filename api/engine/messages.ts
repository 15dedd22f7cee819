/** What users are told of an engine that can't be reached. Where it is, is for administrators. */
export const noAnswer =
  'The language model engine does not answer. Try again in a minute; if it stays so, tell an administrator.';

/** What users are told of an engine that sends nothing. */
export const silentFor = (seconds: number): string =>
  `The language model engine was silent for ${seconds} s. It may be overloaded; try again.`;
