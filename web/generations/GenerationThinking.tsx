import { t } from '@lingui/core/macro';
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import type { GenerationThinking_generation$key } from './__generated__/GenerationThinking_generation.graphql.ts';

export interface GenerationThinkingProps {
  readonly generation: GenerationThinking_generation$key;
  /** Whether the answer itself has not started yet. */
  readonly isThinking: boolean;
}

/** The model's thinking before its answer. Collapsed by default. */
export const GenerationThinking = ({ generation: key, isThinking }: GenerationThinkingProps) => {
  const { thinking } = useFragment(
    graphql`
      fragment GenerationThinking_generation on Generation {
        thinking
      }
    `,
    key,
  );
  const [open, setOpen] = useState(false);
  if (!thinking) return null;
  return (
    <div className="mb-3">
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="-ms-1.5 inline-flex h-8 pointer-coarse:h-11 items-center gap-1 rounded-lg px-1.5 text-sm text-muted hover:text-ink"
      >
        <ChevronRight
          size={15}
          aria-hidden="true"
          className={`transition-transform ${open ? 'rotate-90' : 'rtl:rotate-180'}`}
        />
        <span className={isThinking ? 'animate-breathe' : ''}>{isThinking ? t`Thinking…` : t`Thoughts`}</span>
      </button>
      {open && (
        <div
          dir="auto"
          className="mt-1 border-s-2 border-line ps-4 text-sm leading-relaxed whitespace-pre-wrap text-muted wrap-anywhere"
        >
          {thinking}
        </div>
      )}
    </div>
  );
};
