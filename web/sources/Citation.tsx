import { t } from '@lingui/core/macro';
import { type ReactNode, useContext } from 'react';
import { OpenSource } from './OpenSource.ts';

/** A citation in an answer, which opens its passage. */
export const Citation = ({ number, children }: { number: number; children?: ReactNode }) => {
  const open = useContext(OpenSource);
  return open ? (
    <button
      type="button"
      aria-label={t`Source ${number}`}
      aria-haspopup="dialog"
      onClick={() => open(number)}
      className="cursor-pointer rounded px-0.5 text-[0.85em] font-medium text-accent hover:bg-accent-soft hover:underline pointer-coarse:px-1.5 pointer-coarse:py-1"
    >
      {children}
    </button>
  ) : (
    children
  );
};
