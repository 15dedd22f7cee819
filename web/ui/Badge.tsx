import type { ReactNode } from 'react';

const tones = {
  plain: 'bg-sunken text-muted',
  accent: 'bg-accent-soft text-accent',
} as const;

export interface BadgeProps {
  readonly tone?: keyof typeof tones;
  readonly children: ReactNode;
}

/** A short label beside a name: its state or its kind. */
export const Badge = ({ tone = 'plain', children }: BadgeProps) => (
  <span className={`shrink-0 rounded-md px-1.5 py-0.5 text-xs font-medium ${tones[tone]}`}>{children}</span>
);
