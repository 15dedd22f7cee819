import { t } from '@lingui/core/macro';
import { useLayoutEffect, useRef, useState } from 'react';
import { lateCode } from '../../ui/lateCode.ts';
import { unfinished } from './blocks.ts';

type Typeset = typeof import('./typesetter.ts').typeset;

/** The typesetter is larger than the rest of the renderer, so it loads with the first formula. */
const useTypesetter = lateCode(async () => (await import('./typesetter.ts')).typeset);

export interface FormulaProps {
  readonly tex: string;
  /** Whether it is set on lines of its own. */
  readonly isDisplay: boolean;
}

/** A formula. Shows its source until the typesetter has loaded, and if it is not valid TeX. */
export const Formula = ({ tex, isDisplay }: FormulaProps) => {
  const typeset = useTypesetter();
  if (tex === unfinished) {
    return (
      <span className="formula-unfinished animate-breathe" role="img" aria-label={t`Formula being written`}>
        …
      </span>
    );
  }
  if (!typeset) return <code dir="ltr">{tex}</code>;
  return <Typeset key={`${isDisplay} ${tex}`} tex={tex} isDisplay={isDisplay} typeset={typeset} />;
};

const Typeset = ({ tex, isDisplay, typeset }: FormulaProps & { readonly typeset: Typeset }) => {
  const element = useRef<HTMLSpanElement>(null);
  const [isInvalid, setInvalid] = useState(false);
  useLayoutEffect(() => {
    if (!element.current) return;
    try {
      typeset(tex, element.current, isDisplay);
    } catch {
      setInvalid(true);
    }
  }, [tex, isDisplay, typeset]);
  if (isInvalid) return <code dir="ltr">{tex}</code>;
  return <span ref={element} dir="ltr" className={isDisplay ? 'formula-display' : undefined} />;
};
