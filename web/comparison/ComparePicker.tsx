import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Check, Columns2 } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { graphql, useFragment } from 'react-relay';
import { locale } from '../language/language.ts';
import type { ComparePicker_query$key } from './__generated__/ComparePicker_query.graphql.ts';
import { maxModels, minModels } from './comparison.ts';

export interface ComparePickerProps {
  readonly query: ComparePicker_query$key;
  /** In the order in which they are asked. Empty: the prompt is not compared. */
  readonly chosen: readonly string[];
  readonly onChoose: (models: readonly string[]) => void;
}

/** Chooses the models that the next prompt is compared in. Hidden if only one model is installed. */
export const ComparePicker = ({ query, chosen, onChoose }: ComparePickerProps) => {
  const { models } = useFragment(
    graphql`
      fragment ComparePicker_query on Query {
        models(first: 100) {
          edges {
            node {
              id
              name
              canAnswer
            }
          }
        }
      }
    `,
    query,
  );
  const all = models?.edges.map(({ node }) => node).filter(({ canAnswer }) => canAnswer) ?? [];
  if (all.length < minModels) return null;
  const isOn = chosen.length >= minModels;
  const count = chosen.length;
  const names = new Intl.ListFormat(locale(), { type: 'unit', style: 'short' }).format(chosen);
  const min = minModels.toLocaleString(locale());
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        aria-label={
          isOn ? plural(count, { one: 'Comparing # model', other: 'Comparing # models' }) : t`Compare models`
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
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="start"
          side="top"
          sideOffset={6}
          collisionPadding={10}
          className="z-50 max-h-[min(26rem,var(--radix-dropdown-menu-content-available-height))] w-[min(20rem,calc(100vw-1.25rem))] animate-appear overflow-y-auto rounded-2xl border border-line bg-raised p-1.5 shadow-float"
        >
          <DropdownMenu.Label className="px-2.5 pt-1.5 pb-1 text-xs font-medium text-muted">
            {chosen.length === 1
              ? t`Choose one more model to compare`
              : plural(maxModels, {
                  one: `Answer each prompt with ${min} to # model`,
                  other: `Answer each prompt with ${min} to # models`,
                })}
          </DropdownMenu.Label>
          {all.map(({ id, name }) => {
            const isChosen = chosen.includes(name);
            return (
              <DropdownMenu.CheckboxItem
                key={id}
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
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
};
