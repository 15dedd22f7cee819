import { t } from '@lingui/core/macro';
import { Info } from 'lucide-react';
import { graphql, useFragment } from 'react-relay';
import { IconButton } from '../ui/IconButton.tsx';
import { onDemand } from '../ui/onDemand.ts';
import { PopupOnDemand } from '../ui/PopupOnDemand.tsx';
import type { GenerationDetails_generation$key } from './__generated__/GenerationDetails_generation.graphql.ts';

const facts = onDemand(async () => (await import('./GenerationFacts.tsx')).GenerationFacts);

/** Shows the details of an answer on request. */
export const GenerationDetails = ({ generation: key }: { generation: GenerationDetails_generation$key }) => {
  const generation = useFragment(
    graphql`
      fragment GenerationDetails_generation on Generation {
        ...GenerationFacts_generation
      }
    `,
    key,
  );
  return (
    <PopupOnDemand
      kind="dialog"
      popup={facts}
      trigger={<IconButton icon={Info} label={t`Details of this answer`} compact />}
    >
      {(Facts, trigger) => <Facts trigger={trigger} generation={generation} />}
    </PopupOnDemand>
  );
};
