import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children' | 'aria-label'> {
  readonly icon: LucideIcon;
  /** Read out by screen readers, and shown on hover. */
  readonly label: string;
  /** Pixels of the icon. The area to press is never less than 32 by 32. */
  readonly size?: number;
}

export const IconButton = ({ icon: Icon, label, size = 18, className = '', ...props }: IconButtonProps) => (
  <button
    type="button"
    aria-label={label}
    title={label}
    className={`inline-flex size-9 shrink-0 items-center justify-center rounded-lg text-muted transition-colors hover:bg-hover hover:text-ink disabled:pointer-events-none disabled:opacity-40 aria-pressed:bg-accent-soft aria-pressed:text-accent ${className}`}
    {...props}
  >
    <Icon size={size} strokeWidth={1.75} aria-hidden="true" />
  </button>
);
