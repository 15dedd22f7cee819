import { Check } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';

interface PickerChoice {
  /** The name of a model or a tool. */
  readonly label: string;
  /** A line below it. */
  readonly detail?: ReactNode;
}

export interface PickerChoicesProps {
  readonly options: readonly PickerChoice[];
  readonly chosen: readonly string[];
  /** The maximum number of chosen options. */
  readonly max: number;
  /** Names the item that chooses none. It is shown once one is chosen. */
  readonly noneLabel: ReactNode;
  readonly onChoose: (labels: readonly string[]) => void;
}

/** The items of a `PickerMenu` of which several can be chosen, in the order of the choice. */
export const PickerChoices = ({ options, chosen, max, noneLabel, onChoose }: PickerChoicesProps) => (
  <>
    {options.map(({ label, detail }) => {
      const isChosen = chosen.includes(label);
      return (
        <DropdownMenu.CheckboxItem
          key={label}
          checked={isChosen}
          disabled={!isChosen && chosen.length >= max}
          onCheckedChange={(checked) =>
            onChoose(checked ? [...chosen, label] : chosen.filter((other) => other !== label))
          }
          // The menu stays open, to choose several.
          onSelect={(event) => event.preventDefault()}
          className="flex min-h-9 items-center gap-2.5 rounded-xl px-2.5 py-1.5 outline-none select-none data-disabled:opacity-50 data-highlighted:bg-hover pointer-coarse:min-h-11"
        >
          <span className="w-4 shrink-0 text-accent">
            <DropdownMenu.ItemIndicator>
              <Check size={16} strokeWidth={2.25} aria-hidden="true" />
            </DropdownMenu.ItemIndicator>
          </span>
          <span className="min-w-0 flex-1">
            <span dir="ltr" className="block truncate rtl:text-end">
              {label}
            </span>
            {detail && <span className="block text-xs text-muted">{detail}</span>}
          </span>
        </DropdownMenu.CheckboxItem>
      );
    })}
    {chosen.length > 0 && (
      <>
        <DropdownMenu.Separator className="mx-2.5 my-1.5 h-px bg-line" />
        <DropdownMenu.Item
          onSelect={() => onChoose([])}
          className="flex min-h-9 items-center rounded-xl px-2.5 outline-none select-none data-highlighted:bg-hover pointer-coarse:min-h-11"
        >
          {noneLabel}
        </DropdownMenu.Item>
      </>
    )}
  </>
);
