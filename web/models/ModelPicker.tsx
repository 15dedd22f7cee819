import { t } from '@lingui/core/macro';
import { ChevronDown } from 'lucide-react';
import { graphql, useFragment } from 'react-relay';
import { onDemand } from '../ui/onDemand.ts';
import { PopupOnDemand } from '../ui/PopupOnDemand.tsx';
import type { ModelPicker_query$key } from './__generated__/ModelPicker_query.graphql.ts';

const menu = onDemand(async () => (await import('./ModelMenu.tsx')).ModelMenu);

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
    <PopupOnDemand
      kind="menu"
      popup={menu}
      trigger={
        <button
          type="button"
          aria-label={t`Model: ${current}`}
          className="inline-flex h-9 min-w-0 pointer-coarse:h-11 items-center gap-1 rounded-xl px-2.5 text-sm text-muted hover:bg-hover hover:text-ink data-[state=open]:bg-hover data-[state=open]:text-ink"
        >
          <span className="truncate">{current}</span>
          <ChevronDown size={15} aria-hidden="true" className="shrink-0" />
        </button>
      }
    >
      {(Content, trigger) => <Content trigger={trigger} models={all} current={current} onChoose={onChoose} />}
    </PopupOnDemand>
  );
};
