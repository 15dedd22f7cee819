import { t } from '@lingui/core/macro';
import { Info } from 'lucide-react';
import { Popover } from 'radix-ui';
import { graphql, useFragment } from 'react-relay';
import { IconButton } from '../ui/IconButton.tsx';
import type { GenerationDetails_generation$key } from './__generated__/GenerationDetails_generation.graphql.ts';

/** Shows the model, the duration and the tokens of an answer, on request. */
export const GenerationDetails = ({ generation: key }: { generation: GenerationDetails_generation$key }) => {
  const { model, cached, usage } = useFragment(
    graphql`
      fragment GenerationDetails_generation on Generation {
        model
        cached
        usage {
          promptTokens
          completionTokens
          tokensPerSecond
          timeToFirstToken
          duration
        }
      }
    `,
    key,
  );
  const facts: readonly (readonly [string, string])[] = [
    ['Model', model],
    ...(cached ? [['From', 'the cache'] as const] : []),
    ...(usage
      ? [
          ['Prompt', `${usage.promptTokens.toLocaleString()} tokens`] as const,
          ['Answer', `${usage.completionTokens.toLocaleString()} tokens`] as const,
          ['Speed', rate(usage.tokensPerSecond)] as const,
          ['First token', seconds(usage.timeToFirstToken)] as const,
          ['Total', seconds(usage.duration)] as const,
        ]
      : []),
  ];
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <IconButton icon={Info} label={t`Details of this answer`} compact />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={4}
          collisionPadding={8}
          aria-label={t`Details of this answer`}
          className="z-30 animate-appear rounded-xl border border-line bg-raised p-4 text-sm shadow-float"
        >
          <dl className="grid grid-cols-[auto_auto] gap-x-6 gap-y-1.5">
            {facts.map(([name, value]) => (
              <div key={name} className="contents">
                <dt className="text-muted">{name}</dt>
                <dd className="text-right tabular-nums wrap-anywhere">{value}</dd>
              </div>
            ))}
          </dl>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
};

const seconds = (milliseconds: number | null | undefined): string => {
  if (typeof milliseconds !== 'number') return 'not known';
  return milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;
};

const rate = (tokensPerSecond: number | null | undefined): string =>
  typeof tokensPerSecond === 'number' ? `${tokensPerSecond.toFixed(1)} tokens/s` : 'not known';
