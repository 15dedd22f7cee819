/**
 * Resources that are limited per caller. Sockets and streams are counted on all replicas together. Operations and buffered
 * bytes are memory of one process and are counted per process. The others are counted, on all replicas together, and limited
 * by their own services.
 */
export const resources = [
  'SOCKETS',
  'STREAMS',
  'OPERATIONS',
  'BUFFERED_BYTES',
  'RUNNING_ANSWERS',
  'RESERVED_TOKENS',
  'STORED_BYTES',
] as const;

export type Resource = (typeof resources)[number];

/** A resource that the budgets limit themselves, by `CALLER_LIMITS`. */
export type CallerResource = Exclude<Resource, 'RUNNING_ANSWERS' | 'RESERVED_TOKENS' | 'STORED_BYTES'>;

/** A user, an API key of a user, or the address of anonymous callers. */
export type HolderKind = 'USER' | 'KEY' | 'ADDRESS';

export interface Holder {
  readonly kind: HolderKind;
  /** The user's or the key's id, or the address as `addressGroup` returns it. */
  readonly id: string;
}

/** The limit of one holder for an acquisition. */
export interface Claim {
  readonly holder: Holder;
  readonly limit: number;
}

/** The first claim that an acquisition would have exceeded, with the amount held already. */
export interface Rejection {
  readonly holder: Holder;
  readonly limit: number;
  readonly held: number;
}

/** The amount of a resource that a holder holds. */
export interface Holding {
  readonly resource: Resource;
  readonly holder: Holder;
  readonly amount: number;
}

export const nameOf = (resource: Resource, { kind, id }: Holder): string => `${resource} ${kind} ${id}`;

/** The inverse of `nameOf`. */
export const parseName = (name: string): Omit<Holding, 'amount'> => {
  const [resource = '', kind = '', ...id] = name.split(' ');
  return {
    resource: resource as Resource,
    holder: { kind: kind as HolderKind, id: id.join(' ') },
  };
};

/** Sorts by amount, largest first, then by name, so that pages are stable. */
export const byAmount = (one: Holding, other: Holding): number =>
  other.amount - one.amount ||
  (nameOf(one.resource, one.holder) < nameOf(other.resource, other.holder) ? -1 : 1);
