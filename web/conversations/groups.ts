import { t } from '@lingui/core/macro';
import { locale } from '../language/language.ts';

const day = 86_400_000;
const midnight = (moment: Date): number =>
  new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();

export interface ListedConversation {
  readonly pinned: boolean;
  /** ISO 8601. */
  readonly updatedAt: string;
}

/** Returns the heading that a conversation is listed under, in the reader's time zone. */
export const groupOf = ({ pinned, updatedAt }: ListedConversation, now: Date): string => {
  if (pinned) return t({ message: 'Pinned', comment: 'The heading above the pinned conversations' });
  const moment = new Date(updatedAt);
  // Rounded, because a day on which the clocks change isn't 24 hours long.
  const days = Math.round((midnight(now) - midnight(moment)) / day);
  if (days <= 0) return t`Today`;
  if (days === 1) return t`Yesterday`;
  if (days <= 7) return t`Previous 7 days`;
  if (days <= 30) return t`Previous 30 days`;
  const sameYear = moment.getFullYear() === now.getFullYear();
  return moment.toLocaleDateString(locale(), { month: 'long', ...(sameYear ? {} : { year: 'numeric' }) });
};

/** Sorts pinned conversations first, then by the newest activity. */
export const inListOrder = (a: ListedConversation, b: ListedConversation): number =>
  Number(b.pinned) - Number(a.pinned) || b.updatedAt.localeCompare(a.updatedAt);
