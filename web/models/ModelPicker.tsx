import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Check, ChevronDown } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { graphql, useFragment } from 'react-relay';
import type { ModelPicker_query$key } from './__generated__/ModelPicker_query.graphql.ts';
import { ModelFacts } from './ModelFacts.tsx';

export interface ModelPickerProps {
  readonly query: ModelPicker_query$key;
  /** Null for the default. */
  readonly chosen: string | null;
  readonly onChoose: (model: string) => void;
}

export const ModelPicker = ({ query, chosen, onChoose }: ModelPickerProps) => {
  const { models } = useFragment(
    graphql`
      fragment ModelPicker_query on Query {
        models(first: 100) {
          edges {
            node {
              id
              name
              description
              isDefault
              canAnswer
              ...ModelFacts_model
            }
          }
        }
      }
    `,
    query,
  );
  // Null if the engine did not list its models.
  const all = models?.edges.map(({ node }) => node).filter(({ canAnswer }) => canAnswer) ?? [];
  const current = chosen ?? all.find((model) => model.isDefault)?.name ?? all[0]?.name;
  if (!current) return null;
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        aria-label={t`Model: ${current}`}
        className="inline-flex h-9 min-w-0 pointer-coarse:h-11 items-center gap-1 rounded-xl px-2.5 text-sm text-muted hover:bg-hover hover:text-ink data-[state=open]:bg-hover data-[state=open]:text-ink"
      >
        <span className="truncate">{current}</span>
        <ChevronDown size={15} aria-hidden="true" className="shrink-0" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="start"
          side="top"
          sideOffset={6}
          collisionPadding={10}
          className="z-50 max-h-[min(26rem,var(--radix-dropdown-menu-content-available-height))] w-[min(24rem,calc(100vw-1.25rem))] animate-appear overflow-y-auto rounded-2xl border border-line bg-raised p-1.5 shadow-float"
        >
          <DropdownMenu.Label className="px-2.5 pt-1.5 pb-1 text-xs font-medium text-muted">
            <Trans>Model of the next answers</Trans>
          </DropdownMenu.Label>
          <DropdownMenu.RadioGroup value={current} onValueChange={onChoose}>
            {all.map((model) => (
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
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
};
