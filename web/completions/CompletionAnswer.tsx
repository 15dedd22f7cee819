import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useDeferredValue, useId } from 'react';
import { locale } from '../language/language.ts';
import { Markdown } from '../messages/Markdown.tsx';
import { CopyButton } from '../ui/CopyButton.tsx';
import { secondsOf } from '../ui/moments.ts';
import { Problem } from '../ui/Problem.tsx';
import type { CompletionUsage } from './completion.ts';
import { isNameOf } from './modelChoices.ts';
import type { CompletionState } from './useCompletion.ts';

export const CompletionAnswer = ({ completion }: { completion: CompletionState }) => {
  const { status, asked, model, text, thinking, used, problem } = completion;
  const shown = useDeferredValue(text);
  const heading = useId();
  if (status === 'idle') return null;
  const isRunning = status === 'running';
  return (
    <section aria-labelledby={heading} aria-busy={isRunning} className="mt-8 flex flex-col gap-4">
      <header className="flex min-h-8 items-center gap-3 border-b border-line pb-2">
        <h2 id={heading} className="font-semibold">
          <Trans>Response</Trans>
        </h2>
        {model && (
          <p className="min-w-0 flex-1 text-sm text-muted wrap-anywhere">
            {isNameOf(asked, model) ? model : t`${model}, in place of ${asked}`}
          </p>
        )}
        {text !== '' && !isRunning && <CopyButton text={text} label={t`Copy the response`} />}
      </header>
      {isRunning && text === '' && (
        <p className="text-muted">{thinking === '' ? t`Waiting for the first words…` : t`Thinking…`}</p>
      )}
      {shown !== '' && <Markdown text={shown} isStreaming={isRunning} />}
      {status === 'done' && text === '' && (
        <p className="text-muted">
          <Trans>The model returned no text.</Trans>
        </p>
      )}
      {status === 'stopped' && (
        <p className="text-sm text-muted">
          <Trans>Stopped.</Trans>
        </p>
      )}
      {problem && <Problem>{problem}</Problem>}
      {used && <p className="text-xs text-muted">{wordsForUsage(used)}</p>}
    </section>
  );
};

const wordsForUsage = ({ tokens, tokensPerSecond, seconds }: CompletionUsage): string => {
  const facts = [plural(tokens, { one: '# token', other: '# tokens' }), secondsOf(seconds, 1)];
  if (tokensPerSecond !== null) {
    const speed = Math.round(tokensPerSecond).toLocaleString(locale());
    facts.push(t({ message: `${speed} tokens/s`, comment: 'Tokens a second' }));
  }
  return facts.join(' · ');
};
