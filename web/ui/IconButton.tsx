import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children' | 'aria-label'> {
  readonly icon: LucideIcon;
  /** The accessible name, also shown on hover. */
  readonly label: string;
  /** Whether the button has 32 pixels instead of 36, with a smaller icon. */
  readonly compact?: boolean;
}

export const IconButton = ({
  icon: Icon,
  label,
  compact = false,
  className = '',
  ...props
}: IconButtonProps) => (
  <button
    type="button"
    aria-label={label}
    title={label}
    className={`inline-flex shrink-0 items-center justify-center rounded-lg text-muted transition-colors hover:bg-hover hover:text-ink disabled:pointer-events-none disabled:opacity-40 aria-disabled:opacity-40 aria-pressed:bg-accent-soft aria-pressed:text-accent pointer-coarse:size-11 ${compact ? 'size-8' : 'size-9'} ${className}`}
    {...props}
  >
    <Icon size={compact ? 16 : 18} strokeWidth={1.75} aria-hidden="true" />
  </button>
);
