import type { LucideIcon } from 'lucide-react';
import { createContext, type ReactNode, useContext, useId } from 'react';

interface OptionState {
  /** The id of the active option. */
  readonly active: string | null;
  readonly setActive: (id: string) => void;
  /** Closes the palette, then runs the action. */
  readonly choose: (action: () => void) => void;
}

export const OptionContext = createContext<OptionState | null>(null);

export interface PaletteOptionProps {
  readonly icon: LucideIcon;
  readonly onChoose: () => void;
  /** Whether the palette stays open. */
  readonly stays?: boolean;
  readonly children: ReactNode;
}

/** An option of the palette. The search field keeps the focus; the arrow keys move the active option. */
export const PaletteOption = ({ icon: Icon, onChoose, stays = false, children }: PaletteOptionProps) => {
  const id = useId();
  const state = useContext(OptionContext);
  if (!state) throw new Error('PaletteOption stands outside of the palette.');
  const isActive = state.active === id;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the search field handles the keys of all options
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={isActive}
      onPointerMove={() => {
        if (!isActive) state.setActive(id);
      }}
      // The search field keeps the focus.
      onPointerDown={(event) => event.preventDefault()}
      onClick={() => (stays ? onChoose() : state.choose(onChoose))}
      className="flex min-h-10 cursor-pointer items-center gap-3 rounded-lg px-3 py-1.5 aria-selected:bg-hover pointer-coarse:min-h-11"
    >
      <Icon size={16} strokeWidth={1.75} aria-hidden="true" className="shrink-0 text-muted" />
      <span className="min-w-0 flex-1">{children}</span>
    </div>
  );
};

/** A group of options under a heading. */
export const PaletteGroup = ({ title, children }: { title: string; children: ReactNode }) => {
  const id = useId();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is no group of options
    <div role="group" aria-labelledby={id} className="pb-1">
      <div id={id} className="px-3 pt-2 pb-1 text-xs font-medium text-muted">
        {title}
      </div>
      {children}
    </div>
  );
};
