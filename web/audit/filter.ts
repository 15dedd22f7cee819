import { basePath } from '../relay/basePath.ts';
import type { AuditAction } from './__generated__/AuditEventRow_event.graphql.ts';
import { actionsOf, type Kind } from './actions.ts';

/** The filter as the form holds it; empty strings match anything. Days are local days of the browser, `2026-11-23`. */
export interface Filter {
  readonly kind: Kind | '';
  readonly username: string;
  readonly refusedOnly: boolean;
  readonly fromDay: string;
  /** A group of actions. */
  readonly toDay: string;
}

export const everything: Filter = { kind: '', username: '', refusedOnly: false, fromDay: '', toDay: '' };

/** Converts a filter to query variables; null matches anything. */
export interface AskedFilter {
  readonly actions: AuditAction[] | null;
  readonly username: string | null;
  readonly refusedOnly: boolean;
  readonly from: string | null;
  readonly to: string | null;
}

const beginningOf = (day: string, daysLater = 0): string | null => {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  return day === '' ? null : new Date(year, month - 1, date + daysLater).toISOString();
};

export const askedOf = ({ kind, username, refusedOnly, fromDay, toDay }: Filter): AskedFilter => ({
  actions: kind === '' ? null : actionsOf(kind),
  username: username.trim() || null,
  refusedOnly,
  from: beginningOf(fromDay),
  to: beginningOf(toDay, 1),
});

/** Whether the range of days is valid: its start is not after its end. */
export const isPossible = ({ fromDay, toDay }: Filter): boolean =>
  fromDay === '' || toDay === '' || fromDay <= toDay;

/** Returns the address of the same events as CSV. */
export const csvAddress = (filter: Filter): string => {
  const { actions, username, refusedOnly, from, to } = askedOf(filter);
  const asked = new URLSearchParams({
    ...(username && { username }),
    ...(refusedOnly && { refusedOnly: 'true' }),
    ...(from && { from }),
    ...(to && { to }),
  });
  for (const action of actions ?? []) asked.append('action', action);
  return `${basePath}/api/audit.csv${asked.size > 0 ? `?${asked}` : ''}`;
};
