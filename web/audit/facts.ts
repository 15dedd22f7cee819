import { t } from '@lingui/core/macro';
import { exactly } from '../ui/moments.ts';
import { whole } from '../usage/amounts.ts';
import { factName } from './factNames.ts';

export interface Event {
  readonly seq: number;
  readonly at: string;
  readonly requestId: string | null | undefined;
  /** A flat object. */
  readonly details: unknown;
  readonly hash: string;
}

/** Returns the fields of an event that its line doesn't show, by name. */
export const factsOf = ({
  seq,
  at,
  requestId,
  details,
  hash,
}: Event): readonly (readonly [string, string])[] => [
  [t`When`, exactly(at)],
  ...Object.entries(details ?? {}).map(([key, value]) => [factName(key), String(value)] as const),
  ...(requestId ? ([[t({ message: 'Request', context: 'id' }), requestId]] as const) : []),
  [t({ message: 'Number', comment: 'The sequence number of an event' }), whole(seq)],
  [t`Hash`, hash],
];
