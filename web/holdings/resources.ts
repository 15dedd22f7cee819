import { t } from '@lingui/core/macro';
import { inBytes } from '../models/measures.ts';
import { whole } from '../usage/amounts.ts';
import type { HeldResource } from './__generated__/HoldingRow_holding.graphql.ts';

/** The name of a resource, how its amounts are written, and the variable that limits it; null for a fixed limit. */
export interface Resource {
  readonly label: () => string;
  readonly amount: (amount: number) => string;
  readonly variable: string | null;
}

type KnownResource = Exclude<HeldResource, '%future added value'>;

export const resources: Readonly<Record<KnownResource, Resource>> = {
  RUNNING_ANSWERS: { label: () => t`Running answers`, amount: whole, variable: 'RUNNING_LIMIT' },
  RESERVED_TOKENS: { label: () => t`Reserved tokens`, amount: whole, variable: 'QUOTA_DAY, QUOTA_MONTH' },
  STORED_BYTES: { label: () => t`Stored data`, amount: inBytes, variable: 'STORAGE_LIMIT' },
  SOCKETS: { label: () => t`Open sockets`, amount: whole, variable: 'CALLER_LIMITS' },
  STREAMS: { label: () => t`Open streams`, amount: whole, variable: 'CALLER_LIMITS' },
  OPERATIONS: { label: () => t`Running requests`, amount: whole, variable: 'CALLER_LIMITS' },
  BUFFERED_BYTES: { label: () => t`Buffered data`, amount: inBytes, variable: 'CALLER_LIMITS' },
};

export const resourceNames = Object.keys(resources) as readonly KnownResource[];

/** Returns a resource by its name; for one that only a newer server knows, its name in words. */
export const resourceOf = (name: HeldResource): Resource =>
  (resources as Readonly<Record<string, Resource>>)[name] ?? {
    label: () => name.toLowerCase().replaceAll('_', ' '),
    amount: whole,
    variable: null,
  };

/** Returns the resource that an address chooses; null for all of them. */
export const chosenResource = (parameters: URLSearchParams): KnownResource | null => {
  const name = parameters.get('resource');
  return resourceNames.find((known) => known === name) ?? null;
};
