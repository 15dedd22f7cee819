import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Check } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
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
    {tools.map(({ name, needsConfirmation }) => {
      const isChosen = chosen.includes(name);
      return (
        <DropdownMenu.CheckboxItem
          key={name}
          checked={isChosen}
          disabled={!isChosen && chosen.length >= maxTools}
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
          <span className="min-w-0 flex-1">
            <span dir="ltr" className="block truncate">
              {name}
            </span>
            {needsConfirmation && (
              <span className="block text-xs text-muted">
                <Trans>Asks you before each call</Trans>
              </span>
            )}
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
          <Trans>Use no tools</Trans>
        </DropdownMenu.Item>
      </>
    )}
  </PickerMenu>
);
