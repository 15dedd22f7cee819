import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import { PickerChoices } from '../ui/PickerChoices.tsx';
import { PickerMenu } from '../ui/PickerMenu.tsx';

/** The server's limit of the tools of an answer. */
const maxTools = 16;

export interface ToolMenuProps {
  readonly trigger: ReactNode;
  readonly tools: readonly { readonly name: string; readonly needsConfirmation: boolean }[];
  readonly chosen: readonly string[];
  /** Why they are not used; null if they are. */
  readonly reason: string | null;
  readonly onChoose: (names: readonly string[]) => void;
}

/** The menu of the picker of tools. */
export const ToolMenu = ({ trigger, tools, chosen, reason, onChoose }: ToolMenuProps) => (
  <PickerMenu
    trigger={trigger}
    label={reason ?? t`Tools that the model may call`}
    width="w-[min(22rem,calc(100vw-1.25rem))]"
  >
    <PickerChoices
      options={tools.map(({ name, needsConfirmation }) => ({
        label: name,
        detail: needsConfirmation && <Trans>Asks you before each call</Trans>,
      }))}
      chosen={chosen}
      max={maxTools}
      noneLabel={<Trans>Use no tools</Trans>}
      onChoose={onChoose}
    />
  </PickerMenu>
);
