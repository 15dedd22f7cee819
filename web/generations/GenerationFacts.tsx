import { plural, t } from '@lingui/core/macro';
import { Popover } from 'radix-ui';
import type { ReactNode } from 'react';
import { graphql, useFragment } from 'react-relay';
import { locale } from '../language/language.ts';
import { secondsOf } from '../ui/moments.ts';
import type { GenerationFacts_generation$key } from './__generated__/GenerationFacts_generation.graphql.ts';

export interface GenerationFactsProps {
  readonly trigger: ReactNode;
  readonly generation: GenerationFacts_generation$key;
}

/** Shows the model, the duration and the tokens of an answer, on request. */
export const GenerationFacts = ({ trigger, generation: key }: GenerationFactsProps) => {
  const { model, cached, usage } = useFragment(
    graphql`
      fragment GenerationFacts_generation on Generation {
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
    [t`Model`, model],
    ...(cached
      ? [
          [
            t({ context: 'origin of an answer', message: 'From' }),
            t({ context: 'origin of an answer', message: 'the cache' }),
          ] as const,
        ]
      : []),
    ...(usage
      ? [
          [t`Prompt`, tokens(usage.promptTokens)] as const,
          [t`Answer`, tokens(usage.completionTokens)] as const,
          [
            t({ message: 'Speed', comment: 'How many tokens a second' }),
            rate(usage.tokensPerSecond),
          ] as const,
          [
            t({ message: 'First token', comment: 'How long the first token took' }),
            duration(usage.timeToFirstToken),
          ] as const,
          [
            t({ message: 'Total', comment: 'How long the whole answer took' }),
            duration(usage.duration),
          ] as const,
        ]
      : []),
  ];
  return (
    <Popover.Root>
      <Popover.Trigger asChild>{trigger}</Popover.Trigger>
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
                <dd className="text-end tabular-nums wrap-anywhere">{value}</dd>
              </div>
            ))}
          </dl>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
};

const tokens = (count: number): string => plural(count, { one: '# token', other: '# tokens' });

const duration = (milliseconds: number | null | undefined): string => {
  if (typeof milliseconds !== 'number') return t`not known`;
  if (milliseconds >= 1_000) return secondsOf(milliseconds / 1_000, 1);
  const whole = Math.round(milliseconds).toLocaleString(locale());
  return t({ message: `${whole} ms`, comment: 'A duration in milliseconds' });
};

const rate = (tokensPerSecond: number | null | undefined): string => {
  if (typeof tokensPerSecond !== 'number') return t`not known`;
  const speed = toTenth(tokensPerSecond);
  return t({ message: `${speed} tokens/s`, comment: 'Tokens a second' });
};

const toTenth = (value: number): string =>
  value.toLocaleString(locale(), { minimumFractionDigits: 1, maximumFractionDigits: 1 });
