import { i18n } from '@lingui/core';
import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { LoaderCircle, Square } from 'lucide-react';
import { type FormEvent, type KeyboardEvent, useId, useState } from 'react';
import { useAllowance } from '../limits/AllowanceProvider.tsx';
import { BarrierNotice } from '../limits/BarrierNotice.tsx';
import { isMac } from '../shell/hotkeys.ts';
import { Button } from '../ui/Button.tsx';
import { Select } from '../ui/Select.tsx';
import type { CompletionRequest } from './completion.ts';
import { firstChoice, type Installed, isInstalled, othersOf, planned } from './modelChoices.ts';

export interface CompletionFormProps {
  readonly installed: readonly Installed[];
  readonly isEmbedded: boolean;
  readonly isRunning: boolean;
  readonly onGenerate: (request: CompletionRequest) => void;
  readonly onStop: () => void;
}

export const CompletionForm = ({
  installed,
  isEmbedded,
  isRunning,
  onGenerate,
  onStop,
}: CompletionFormProps) => {
  const [model, setModel] = useState(() => firstChoice(installed, isEmbedded));
  const [prompt, setPrompt] = useState('');
  const promptId = useId();
  const others = othersOf(installed.map(({ name }) => name));
  const { barrier, isBarred } = useAllowance();
  const reasonId = useId();
  const canGenerate = prompt.trim() !== '' && !isRunning;

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (canGenerate && !isBarred()) onGenerate({ model, prompt });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.currentTarget.form?.requestSubmit();
  };
  return (
    <form onSubmit={onSubmit} aria-label={t`Prompt`} className="flex flex-col gap-5">
      <Select
        label={t`Model`}
        value={model}
        onChange={(event) => setModel(event.target.value)}
        className="md:max-w-xs"
      >
        {planned.map(({ name, label: described }) => {
          const label = i18n._(described);
          return (
            <option key={name} value={name}>
              {isEmbedded || isInstalled(name, installed) ? label : t`${label}, not installed`}
            </option>
          );
        })}
        {others.length > 0 && (
          <optgroup label={t`Installed here`}>
            {others.map(({ name, label }) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </optgroup>
        )}
      </Select>
      {installed.length > 0 && !isEmbedded && !isInstalled(model, installed) && (
        <p role="status" className="-mt-2 text-sm text-muted">
          <Trans>
            {model} is not installed. An installed model answers in its place, and the response names it. An
            administrator can install it on the page Models.
          </Trans>
        </p>
      )}
      <div>
        <label htmlFor={promptId} className="mb-1.5 block text-sm font-medium">
          <Trans>Prompt</Trans>
        </label>
        <textarea
          id={promptId}
          rows={4}
          value={prompt}
          placeholder={t`Explain what Ziggie does in one sentence`}
          onChange={(event) => setPrompt(event.target.value)}
          onKeyDown={onKeyDown}
          className="block field-sizing-content max-h-[40dvh] min-h-28 w-full resize-y rounded-lg border border-line-strong bg-raised px-3 py-2.5 text-base placeholder:text-muted focus-visible:border-accent focus-visible:outline-offset-0"
        />
      </div>
      {barrier && <BarrierNotice barrier={barrier} id={reasonId} />}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Button
          type="submit"
          tone="accent"
          busy={isRunning || barrier !== null}
          disabled={!isRunning && !barrier && !canGenerate}
          aria-describedby={barrier ? reasonId : undefined}
          className="h-11 max-sm:flex-1 sm:min-w-36"
        >
          {isRunning && <LoaderCircle size={17} aria-hidden="true" className="animate-spin" />}
          {isRunning ? t`Generating…` : t`Generate`}
        </Button>
        {isRunning ? (
          <Button onClick={onStop} className="h-11">
            <Square size={12} fill="currentColor" aria-hidden="true" />
            <Trans>Stop</Trans>
          </Button>
        ) : (
          <p className="hidden text-sm text-muted md:block">{isMac() ? t`⌘ + Enter` : t`Ctrl + Enter`}</p>
        )}
      </div>
    </form>
  );
};
