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
  if (pinned) return 'Pinned';
  const moment = new Date(updatedAt);
  // Rounded, because a day on which the clocks change isn't 24 hours long.
  const days = Math.round((midnight(now) - midnight(moment)) / day);
  if (days <= 0) return 'Today';
  if (days === 1) return 'Yesterday';
  if (days <= 7) return 'Previous 7 days';
  if (days <= 30) return 'Previous 30 days';
  const sameYear = moment.getFullYear() === now.getFullYear();
  return moment.toLocaleDateString(undefined, { month: 'long', ...(sameYear ? {} : { year: 'numeric' }) });
};

/** Sorts pinned conversations first, then by the newest activity. */
export const inListOrder = (a: ListedConversation, b: ListedConversation): number =>
  Number(b.pinned) - Number(a.pinned) || b.updatedAt.localeCompare(a.updatedAt);
