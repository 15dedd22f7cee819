import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

/** An error message beside what failed. Screen readers announce it at once. */
export const Problem = ({ children, action }: { children: ReactNode; action?: ReactNode }) => (
  <div
    role="alert"
    className="flex items-start gap-2.5 rounded-lg bg-danger-soft px-3 py-2.5 text-sm text-danger"
  >
    <CircleAlert size={17} strokeWidth={1.9} aria-hidden="true" className="mt-px shrink-0" />
    <div className="min-w-0 flex-1 wrap-anywhere">{children}</div>
    {action}
  </div>
);
