import { t } from '@lingui/core/macro';
import { type ComponentProps, useContext } from 'react';
import type { ExtraProps } from 'streamdown';
import { OpenSource } from './OpenSource.ts';

/** A citation in an answer, which opens its passage. */
export const Citation = ({ value, children }: ComponentProps<'button'> & ExtraProps) => {
  const open = useContext(OpenSource);
  const number = Number(value);
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
