import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Check } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { PickerMenu } from '../ui/PickerMenu.tsx';
import type { ModelPicker_query$data } from './__generated__/ModelPicker_query.graphql.ts';
import { ModelFacts } from './ModelFacts.tsx';

export interface ModelMenuProps {
  readonly trigger: ReactNode;
  /** Data instead of a fragment: the fields that both components read would count twice towards the query's cost. */
  readonly models: readonly NonNullable<ModelPicker_query$data['models']>['edges'][number]['node'][];
  readonly current: string;
  readonly onChoose: (model: string) => void;
}

/** The menu of the model picker. */
export const ModelMenu = ({ trigger, models, current, onChoose }: ModelMenuProps) => (
  <PickerMenu
    trigger={trigger}
    label={t`Model of the next answers`}
    width="w-[min(24rem,calc(100vw-1.25rem))]"
  >
    <DropdownMenu.RadioGroup value={current} onValueChange={onChoose}>
      {models.map((model) => (
        <DropdownMenu.RadioItem
          key={model.id}
          value={model.name}
          className="flex gap-2.5 rounded-xl px-2.5 py-2 outline-none select-none data-highlighted:bg-hover"
        >
          <span className="w-4 shrink-0 pt-1 text-accent">
            <DropdownMenu.ItemIndicator>
              <Check size={16} strokeWidth={2.25} aria-hidden="true" />
            </DropdownMenu.ItemIndicator>
          </span>
          <span className="min-w-0 flex-1">
            <span className="flex items-center gap-2">
              <span className="truncate font-medium">{model.name}</span>
              {model.isDefault && (
                <span className="shrink-0 text-xs text-muted">
                  <Trans>Default</Trans>
                </span>
              )}
            </span>
            {model.description && <span className="block text-sm text-muted">{model.description}</span>}
            <ModelFacts model={model} />
          </span>
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  </PickerMenu>
);
