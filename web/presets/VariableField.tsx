import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { FileText } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { Select } from '../ui/Select.tsx';
import type { VariableField_variable$key } from './__generated__/VariableField_variable.graphql.ts';
import { presetText } from './builtInTexts.ts';
import type { VariableValue } from './runPreset.ts';

/** Maximum size of a file, in bytes: the server takes a million characters. */
const maxFileBytes = 4_000_000;

export interface VariableFieldProps {
  readonly variable: VariableField_variable$key;
  readonly value: VariableValue | undefined;
  readonly onChange: (value: VariableValue | undefined) => void;
}

/** The field of a form for one variable, by its type. */
export const VariableField = ({ variable: key, value, onChange }: VariableFieldProps) => {
  const { type, required, choices, ...texts } = useFragment(
    graphql`
      fragment VariableField_variable on PresetVariable {
        label
        type
        description
        required
        choices
      }
    `,
    key,
  );
  const label = presetText(texts.label);
  const hint = texts.description ? { hint: presetText(texts.description) } : {};
  const title = required ? label : t`${label} (optional)`;
  switch (type) {
    case 'BOOLEAN':
      return (
        <label className="flex items-center gap-2.5 pointer-coarse:min-h-11">
          <input
            type="checkbox"
            checked={value === true}
            onChange={(event) => onChange(event.target.checked)}
            className="size-4 accent-accent"
          />
          {label}
        </label>
      );
    case 'CHOICE':
      return (
        <Select
          label={title}
          value={String(value ?? '')}
          required={required}
          onChange={(event) => onChange(event.target.value || undefined)}
        >
          <option value="">{required ? t`Choose…` : t({ message: 'None', context: 'no choice' })}</option>
          {choices.map((choice) => (
            <option key={choice} value={choice}>
              {presetText(choice)}
            </option>
          ))}
        </Select>
      );
    case 'NUMBER':
      return (
        <Field
          {...hint}
          label={title}
          type="number"
          step="any"
          required={required}
          value={typeof value === 'number' ? value : ''}
          onChange={({ target }) => onChange(target.value === '' ? undefined : target.valueAsNumber)}
        />
      );
    case 'LONG_TEXT':
    case 'FILE':
      return (
        <LongText
          {...hint}
          label={title}
          isFile={type === 'FILE'}
          required={required}
          value={String(value ?? '')}
          onChange={onChange}
        />
      );
    default:
      return (
        <Field
          {...hint}
          label={title}
          type={type === 'SECRET' ? 'password' : 'text'}
          autoComplete={type === 'SECRET' ? 'off' : undefined}
          required={required}
          value={String(value ?? '')}
          onChange={(event) => onChange(event.target.value || undefined)}
        />
      );
  }
};

interface LongTextProps {
  readonly label: string;
  readonly hint?: string;
  readonly isFile: boolean;
  readonly required: boolean;
  readonly value: string;
  readonly onChange: (value: string | undefined) => void;
}

/** A text of several lines, which a file can fill. */
const LongText = ({ label, hint, isFile, required, value, onChange }: LongTextProps) => {
  const id = useId();
  const picker = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const read = async (file: File | undefined) => {
    if (!file) return;
    const text = file.size > maxFileBytes ? null : await file.text().catch(() => null);
    const { name } = file;
    if (text === null) setProblem(t`“${name}” is too large or can’t be read.`);
    else if (/[\0\ufffd]/.test(text)) setProblem(t`“${name}” is not a text file.`);
    else {
      setProblem(null);
      onChange(text);
    }
  };
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
        {label}
      </label>
      <textarea
        id={id}
        rows={6}
        dir="auto"
        required={required}
        spellCheck={!isFile}
        value={value}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onChange(event.target.value || undefined)}
        onDrop={(event) => {
          if (event.dataTransfer.files.length === 0) return;
          event.preventDefault();
          event.stopPropagation();
          void read(event.dataTransfer.files[0]);
        }}
        className={`block max-h-[50dvh] min-h-36 w-full resize-y rounded-lg border border-line-strong bg-raised px-3 py-2.5 placeholder:text-muted focus-visible:border-accent focus-visible:outline-offset-0 ${isFile ? 'font-mono text-sm' : 'text-base'}`}
      />
      <div id={`${id}-hint`} className="mt-1.5 text-sm text-muted">
        {problem ? (
          <p role="alert" className="text-danger">
            {problem}
          </p>
        ) : (
          hint && <p>{hint}</p>
        )}
      </div>
      {isFile && (
        <>
          <Button className="mt-2" onClick={() => picker.current?.click()}>
            <FileText size={16} strokeWidth={1.75} aria-hidden="true" />
            <Trans>Open a file</Trans>
          </Button>
          <input
            ref={picker}
            type="file"
            hidden
            aria-label={t`File for ${label}`}
            onChange={(event) => {
              void read(event.target.files?.[0]);
              // The same file can be chosen again after it was changed.
              event.target.value = '';
            }}
          />
        </>
      )}
    </div>
  );
};
