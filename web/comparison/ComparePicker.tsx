import { plural, t } from '@lingui/core/macro';
import { Columns2 } from 'lucide-react';
import { locale } from '../language/language.ts';
import { onDemand } from '../ui/onDemand.ts';
import { PopupOnDemand } from '../ui/PopupOnDemand.tsx';
import { minModels } from './comparison.ts';

const menu = onDemand(async () => (await import('./CompareMenu.tsx')).CompareMenu);

export interface ComparePickerProps {
  /**
   * Data instead of a fragment: the page reads the names too, and fields that both read would count twice towards the cost of
   * its query.
   */
  readonly models: readonly { readonly name: string; readonly canAnswer: boolean }[];
  /** In the order in which they are asked. Empty: the prompt is not compared. */
  readonly chosen: readonly string[];
  readonly onChoose: (models: readonly string[]) => void;
}

/** Chooses the models that the next prompt is compared in. Hidden if only one model is installed. */
export const ComparePicker = ({ models, chosen, onChoose }: ComparePickerProps) => {
  const all = models.filter(({ canAnswer }) => canAnswer).map(({ name }) => name);
  if (all.length < minModels) return null;
  const isOn = chosen.length >= minModels;
  const count = chosen.length;
  const names = new Intl.ListFormat(locale(), { type: 'unit', style: 'short' }).format(chosen);
  return (
    <PopupOnDemand
      kind="menu"
      popup={menu}
      trigger={
        <button
          type="button"
          aria-label={
            isOn
              ? plural(count, { one: 'Comparing # model', other: 'Comparing # models' })
              : t`Compare models`
          }
          title={
            isOn
              ? plural(count, { one: `Comparing # model: ${names}`, other: `Comparing # models: ${names}` })
              : t`Compare models`
          }
          className={`inline-flex h-9 min-w-9 shrink-0 items-center justify-center gap-1 rounded-xl px-2 text-sm pointer-coarse:h-11 pointer-coarse:min-w-11 ${isOn ? 'bg-accent-soft text-accent' : 'text-muted hover:bg-hover hover:text-ink data-[state=open]:bg-hover'}`}
        >
          <Columns2 size={17} strokeWidth={1.75} aria-hidden="true" />
          {isOn && <span className="tabular-nums">{count.toLocaleString(locale())}</span>}
        </button>
      }
    >
      {(Content, trigger) => <Content trigger={trigger} models={all} chosen={chosen} onChoose={onChoose} />}
    </PopupOnDemand>
  );
};
