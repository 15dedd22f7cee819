import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Check } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { locale } from '../language/language.ts';
import { PickerMenu } from '../ui/PickerMenu.tsx';
import { maxModels, minModels } from './comparison.ts';

export interface CompareMenuProps {
  readonly trigger: ReactNode;
  /** The names of the models that can answer. */
  readonly models: readonly string[];
  /** In the order in which they are asked. */
  readonly chosen: readonly string[];
  readonly onChoose: (models: readonly string[]) => void;
}

/** The menu of the picker of compared models. */
export const CompareMenu = ({ trigger, models, chosen, onChoose }: CompareMenuProps) => {
  const min = minModels.toLocaleString(locale());
  const label =
    chosen.length === 1
      ? t`Choose one more model to compare`
      : plural(maxModels, {
          one: `Answer each prompt with ${min} to # model`,
          other: `Answer each prompt with ${min} to # models`,
        });
  return (
    <PickerMenu trigger={trigger} label={label} width="w-[min(20rem,calc(100vw-1.25rem))]">
      {models.map((name) => {
        const isChosen = chosen.includes(name);
        return (
          <DropdownMenu.CheckboxItem
            key={name}
            checked={isChosen}
            disabled={!isChosen && chosen.length >= maxModels}
            onCheckedChange={(checked) =>
              onChoose(checked ? [...chosen, name] : chosen.filter((other) => other !== name))
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
            <span className="min-w-0 truncate">{name}</span>
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
            <Trans>Stop comparing</Trans>
          </DropdownMenu.Item>
        </>
      )}
    </PickerMenu>
  );
};
