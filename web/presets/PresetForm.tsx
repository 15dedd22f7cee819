import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { LoaderCircle, Square } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import { useAllowance } from '../limits/AllowanceProvider.tsx';
import { BarrierNotice } from '../limits/BarrierNotice.tsx';
import { Button } from '../ui/Button.tsx';
import type { PresetForm_definition$key } from './__generated__/PresetForm_definition.graphql.ts';
import { exampleOf } from './examples.ts';
import type { VariableValue } from './runPreset.ts';
import { VariableField } from './VariableField.tsx';

type Values = Readonly<Record<string, VariableValue>>;

export interface PresetFormProps {
  readonly definition: PresetForm_definition$key;
  /** Fills the first long text, such as the text of a slash command. */
  readonly text: string | null;
  /** Values to begin with, instead of the defaults. */
  readonly initial: Values;
  readonly isRunning: boolean;
  readonly onRun: (values: Values) => void;
  readonly onStop: () => void;
}

/** A form with a field for each variable. */
export const PresetForm = ({ definition: key, text, initial, isRunning, onRun, onStop }: PresetFormProps) => {
  const { name, variables } = useFragment(
    graphql`
      fragment PresetForm_definition on PresetDefinition {
        name
        variables {
          name
          type
          default
          ...VariableField_variable
        }
      }
    `,
    key,
  );
  const [values, setValues] = useState<Values>(() => {
    const main =
      variables.find(({ type }) => type === 'LONG_TEXT' || type === 'FILE') ??
      variables.find(({ type }) => type === 'TEXT');
    // A checkbox that isn't checked is a value too.
    const defaults = variables.flatMap(({ name: variable, type, default: value }) => {
      const first = (value as VariableValue | null) ?? (type === 'BOOLEAN' ? false : null);
      return first === null ? [] : [[variable, first] as const];
    });
    return { ...Object.fromEntries(defaults), ...(text && main && { [main.name]: text }), ...initial };
  });
  const { barrier, isBarred } = useAllowance();
  const reasonId = useId();
  const example = exampleOf(name);

  const set = (variable: string, value: VariableValue | undefined) =>
    setValues(({ [variable]: _, ...rest }) => (value === undefined ? rest : { ...rest, [variable]: value }));
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (!isRunning && !isBarred()) onRun(values);
  };
  return (
    <form onSubmit={onSubmit} aria-label={t`Variables`} className="flex flex-col gap-5">
      {variables.map((variable) => (
        <VariableField
          key={variable.name}
          variable={variable}
          value={values[variable.name]}
          onChange={(value) => set(variable.name, value)}
        />
      ))}
      {barrier && <BarrierNotice barrier={barrier} id={reasonId} />}
      <div className="flex flex-wrap items-center gap-3">
        <Button
          type="submit"
          tone="accent"
          busy={isRunning || barrier !== null}
          aria-describedby={barrier ? reasonId : undefined}
          className="h-11 max-sm:flex-1 sm:min-w-36"
        >
          {isRunning && <LoaderCircle size={17} aria-hidden="true" className="animate-spin" />}
          {isRunning ? t`Running…` : t`Run`}
        </Button>
        {isRunning && (
          <Button onClick={onStop} className="h-11">
            <Square size={12} fill="currentColor" aria-hidden="true" />
            <Trans>Stop</Trans>
          </Button>
        )}
        {!isRunning && example && (
          <Button
            tone="quiet"
            onClick={() => setValues((current) => ({ ...current, ...example }))}
            className="h-11"
          >
            <Trans>Fill in an example</Trans>
          </Button>
        )}
      </div>
    </form>
  );
};
