import type { ComponentProps } from 'react';

const tones = {
  accent: 'bg-accent text-accent-ink hover:brightness-110',
  plain: 'border border-line bg-raised text-ink hover:bg-hover',
  quiet: 'text-ink hover:bg-hover',
  danger: 'bg-danger text-canvas hover:brightness-110',
} as const;

export interface ButtonProps extends ComponentProps<'button'> {
  readonly tone?: keyof typeof tones;
  /** Whether its action is in flight: it stays focusable, and does nothing when pressed. */
  readonly busy?: boolean;
}

export const Button = ({
  tone = 'plain',
  busy = false,
  type = 'button',
  className = '',
  onClick,
  ...props
}: ButtonProps) => (
  <button
    type={busy ? 'button' : type}
    aria-disabled={busy || undefined}
    onClick={busy ? undefined : onClick}
    className={`inline-flex h-9 shrink-0 pointer-coarse:min-h-11 items-center justify-center gap-2 rounded-lg px-3.5 font-medium transition-colors select-none disabled:opacity-50 aria-disabled:opacity-60 ${tones[tone]} ${className}`}
    {...props}
  />
);
