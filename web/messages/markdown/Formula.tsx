import { t } from '@lingui/core/macro';
import { useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react';
import { unfinished } from './blocks.ts';

type Typeset = typeof import('./typesetter.ts').typeset;

/** The typesetter is larger than the rest of the renderer, so it loads with the first formula. */
let typeset: Typeset | null = null;
let isLoading = false;
const listeners = new Set<() => void>();
const load = (): void => {
  if (isLoading) return;
  isLoading = true;
  import('./typesetter.ts').then(
    (module) => {
      typeset = module.typeset;
      for (const listener of listeners) listener();
    },
    () => {
      // The source of a formula is readable. The next formula retries.
      isLoading = false;
    },
  );
};
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
const current = () => typeset;

export interface FormulaProps {
  readonly tex: string;
  /** Whether it is set on lines of its own. */
  readonly isDisplay: boolean;
}

/** A formula. Shows its source until the typesetter has loaded, and if it is not valid TeX. */
export const Formula = ({ tex, isDisplay }: FormulaProps) => {
  const loaded = useSyncExternalStore(subscribe, current);
  useEffect(load, []);
  if (tex === unfinished) {
    return (
      <span className="formula-unfinished animate-breathe" role="img" aria-label={t`Formula being written`}>
        …
      </span>
    );
  }
  if (!loaded) return <code dir="ltr">{tex}</code>;
  return <Typeset key={`${isDisplay} ${tex}`} tex={tex} isDisplay={isDisplay} typeset={loaded} />;
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
