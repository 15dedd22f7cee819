import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useId, useState } from 'react';
import { locale } from '../language/language.ts';
import { Field } from '../ui/Field.tsx';
import { type ChatOptions, numberOptions } from './chatOptions.ts';

const area =
  'block w-full resize-y rounded-lg border border-line-strong bg-raised px-3 py-2.5 text-base placeholder:text-muted focus-visible:border-accent focus-visible:outline-offset-0';

export interface OptionsFieldsProps {
  readonly systemPrompt: string | null;
  readonly options: ChatOptions;
  /** What applies where a field is empty; absent: the model's defaults. */
  readonly inherited?: { readonly systemPrompt: string | null; readonly options: ChatOptions };
  /** Whether a system prompt may be inherited that isn't known here. */
  readonly mayInheritPrompt?: boolean;
}

/** The fields of a form for a system prompt and sampling options, which `readPrompt` and `readOptions` read. */
export const OptionsFields = ({
  systemPrompt,
  options,
  inherited,
  mayInheritPrompt = false,
}: OptionsFieldsProps) => {
  const id = useId();
  const inheritedPrompt = inherited?.systemPrompt || null;
  const [hasNone, setHasNone] = useState(systemPrompt === '');
  const placeholderOf = (name: (typeof numberOptions)[number]['name']) => {
    const value = inherited?.options[name];
    return value?.toLocaleString(locale(), { useGrouping: false, maximumFractionDigits: 20 });
  };
  return (
    <>
      <div>
        <label htmlFor={`${id}-prompt`} className="mb-1.5 block text-sm font-medium">
          <Trans>System prompt</Trans>
        </label>
        <textarea
          id={`${id}-prompt`}
          name="systemPrompt"
          rows={4}
          dir="auto"
          maxLength={100_000}
          disabled={hasNone}
          defaultValue={systemPrompt ?? ''}
          placeholder={hasNone ? '' : (inheritedPrompt ?? t`You are a helpful assistant.`)}
          aria-describedby={inheritedPrompt && !hasNone ? `${id}-prompt-hint` : undefined}
          className={`${area} disabled:bg-sunken disabled:text-muted`}
        />
        {inheritedPrompt && !hasNone && (
          <p id={`${id}-prompt-hint`} className="mt-1.5 text-sm text-muted">
            <Trans>
              While this is empty, the system prompt of the folder applies, or else your default:{' '}
              <bdi className="line-clamp-2 italic">{inheritedPrompt}</bdi>
            </Trans>
          </p>
        )}
        {(inheritedPrompt || mayInheritPrompt || systemPrompt === '') && (
          <label className="mt-2 flex min-h-6 items-center gap-2 text-sm">
            <input
              type="checkbox"
              name="noSystemPrompt"
              checked={hasNone}
              onChange={({ target }) => setHasNone(target.checked)}
            />
            <Trans>No system prompt</Trans>
          </label>
        )}
      </div>
      <div className="grid gap-4 sm:grid-cols-2">
        {numberOptions.map(({ name, ...props }) => (
          <Field
            key={name}
            name={name}
            type="number"
            inputMode="decimal"
            defaultValue={options[name] ?? ''}
            placeholder={placeholderOf(name)}
            {...props}
            step={name === 'temperature' || name === 'topP' ? 'any' : props.step}
          />
        ))}
      </div>
      <div>
        <label htmlFor={`${id}-stop`} className="mb-1.5 block text-sm font-medium">
          <Trans>Stop sequences</Trans>
        </label>
        <textarea
          id={`${id}-stop`}
          name="stop"
          rows={2}
          defaultValue={(options.stop ?? []).join('\n')}
          placeholder={inherited?.options.stop?.join('\n')}
          aria-describedby={`${id}-stop-hint`}
          className={area}
        />
        <p id={`${id}-stop-hint`} className="mt-1.5 text-sm text-muted">
          <Trans>One per line, at most 16. An answer ends before the first of them.</Trans>
        </p>
      </div>
    </>
  );
};
