import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import { graphql, useFragment } from 'react-relay';
import { Badge } from '../ui/Badge.tsx';
import type { ModelCard_model$key } from './__generated__/ModelCard_model.graphql.ts';
import { ModelFacts } from './ModelFacts.tsx';

/** The capabilities that tell models apart. */
const names: Readonly<Record<string, () => string>> = {
  vision: () => t`Vision`,
  tools: () => t`Tools`,
  thinking: () => t`Thinking`,
  embedding: () => t`Embedding`,
};

export interface ModelCardProps {
  readonly model: ModelCard_model$key;
  /** The actions on the model. */
  readonly action?: ReactNode;
}

export const ModelCard = ({ model: key, action }: ModelCardProps) => {
  const model = useFragment(
    graphql`
      fragment ModelCard_model on Model {
        name
        description
        family
        quantization
        capabilities
        isDefault
        ...ModelFacts_model
      }
    `,
    key,
  );
  const make = [model.family, model.quantization].filter(Boolean);
  const badges = model.capabilities.filter((capability) => Object.hasOwn(names, capability));
  return (
    <li className="flex items-start gap-3 py-5">
      <div className="min-w-0 flex-1">
        <h2 className="flex flex-wrap items-baseline gap-x-2.5 text-base font-semibold tracking-tight wrap-anywhere">
          {model.name}
          {model.isDefault && (
            <Badge tone="accent">
              <Trans>Default</Trans>
            </Badge>
          )}
          {badges.map((capability) => (
            <Badge key={capability}>{names[capability]?.()}</Badge>
          ))}
        </h2>
        {model.description && <p className="mt-1 max-w-prose text-muted">{model.description}</p>}
        <div className="mt-2">
          <ModelFacts model={model} />
        </div>
        {make.length > 0 && <p className="mt-0.5 text-xs text-muted">{make.join(' · ')}</p>}
      </div>
      {action}
    </li>
  );
};
