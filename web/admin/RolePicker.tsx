import { i18n } from '@lingui/core';
import { Check, ChevronDown } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { type ChosenRole, nameOfRole, roles } from './roles.ts';

export interface RolePickerProps {
  readonly label: string;
  readonly role: string;
  readonly onChoose: (role: ChosenRole) => void;
}

export const RolePicker = ({ label, role, onChoose }: RolePickerProps) => (
  <DropdownMenu.Root modal={false}>
    <DropdownMenu.Trigger
      aria-label={`${label}: ${nameOfRole(role)}`}
      className="inline-flex h-9 shrink-0 items-center gap-1 rounded-lg border border-line px-2.5 text-sm hover:bg-hover data-[state=open]:bg-hover"
    >
      {nameOfRole(role)}
      <ChevronDown size={15} aria-hidden="true" className="text-muted" />
    </DropdownMenu.Trigger>
    <DropdownMenu.Portal>
      <DropdownMenu.Content
        align="end"
        sideOffset={4}
        collisionPadding={8}
        className="z-50 w-64 animate-appear rounded-xl border border-line bg-raised p-1 shadow-float"
      >
        <DropdownMenu.RadioGroup value={role}>
          {roles.map(({ role: each, name, may }) => (
            <DropdownMenu.RadioItem
              key={each}
              value={each}
              onSelect={() => each !== role && onChoose(each)}
              className="flex items-start gap-2.5 rounded-lg px-2.5 py-2 outline-none select-none data-highlighted:bg-hover"
            >
              <span className="min-w-0 flex-1">
                <span className="block font-medium">{i18n._(name)}</span>
                <span className="block text-sm text-muted">{i18n._(may)}</span>
              </span>
              <DropdownMenu.ItemIndicator className="mt-0.5 text-accent">
                <Check size={16} aria-hidden="true" />
              </DropdownMenu.ItemIndicator>
            </DropdownMenu.RadioItem>
          ))}
        </DropdownMenu.RadioGroup>
      </DropdownMenu.Content>
    </DropdownMenu.Portal>
  </DropdownMenu.Root>
);
