import { exactly } from '../ui/moments.ts';

export interface Event {
  readonly seq: number;
  readonly at: string;
  readonly requestId: string | null | undefined;
  /** A flat object. */
  readonly details: unknown;
  readonly hash: string;
}

/** `promptCharacters` as `Prompt characters`. */
const nameOf = (key: string): string => {
  const words = key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** Returns the fields of an event that its line doesn't show, by name. */
export const factsOf = ({
  seq,
  at,
  requestId,
  details,
  hash,
}: Event): readonly (readonly [string, string])[] => [
  ['When', exactly(at)],
  ...Object.entries(details ?? {}).map(([key, value]) => [nameOf(key), String(value)] as const),
  ...(requestId ? ([['Request', requestId]] as const) : []),
  ['Number', seq.toLocaleString('en')],
  ['Hash', hash],
];
