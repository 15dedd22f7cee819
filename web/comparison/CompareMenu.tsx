import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import { locale } from '../language/language.ts';
import { PickerChoices } from '../ui/PickerChoices.tsx';
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
      <PickerChoices
        options={models.map((name) => ({ label: name }))}
        chosen={chosen}
        max={maxModels}
        noneLabel={<Trans>Stop comparing</Trans>}
        onChoose={onChoose}
      />
    </PickerMenu>
  );
};
