import { i18n } from '@lingui/core';
import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Download } from 'lucide-react';
import { Field } from '../ui/Field.tsx';
import { Problem } from '../ui/Problem.tsx';
import { Select } from '../ui/Select.tsx';
import { type Kind, kinds } from './actions.ts';
import { csvAddress, type Filter, isPossible } from './filter.ts';

export interface AuditFilterFormProps {
  readonly filter: Filter;
  readonly onChange: (filter: Filter) => void;
}

/** The filter of the audit log, and the export of the same events as a file. */
export const AuditFilterForm = ({ filter, onChange }: AuditFilterFormProps) => {
  const change = (changed: Partial<Filter>) => onChange({ ...filter, ...changed });
  return (
    <search aria-label={t`Events`} className="block">
      <div className="grid grid-cols-2 gap-3 md:grid-cols-4">
        <Select
          label={t({ message: 'What', comment: 'Label of a filter: the kind of action' })}
          value={filter.kind}
          onChange={({ target }) => change({ kind: target.value as Kind | '' })}
        >
          <option value="">
            <Trans>All actions</Trans>
          </option>
          {Object.entries(kinds).map(([kind, { label }]) => (
            <option key={kind} value={kind}>
              {i18n._(label)}
            </option>
          ))}
        </Select>
        <Field
          label={t({ message: 'Who', comment: 'Label of a filter: the user who acted' })}
          placeholder={t`Username`}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={filter.username}
          onChange={({ target }) => change({ username: target.value })}
        />
        <Field
          label={t({ message: 'From', comment: 'Label of a filter: the first day' })}
          type="date"
          value={filter.fromDay}
          onChange={({ target }) => change({ fromDay: target.value })}
        />
        <Field
          label={t({ message: 'To', comment: 'Label of a filter: the last day' })}
          type="date"
          value={filter.toDay}
          onChange={({ target }) => change({ toDay: target.value })}
        />
      </div>
      <div className="mt-3 flex items-center justify-between gap-3">
        <label className="flex h-9 items-center gap-2">
          <input
            type="checkbox"
            checked={filter.refusedOnly}
            onChange={({ target }) => change({ refusedOnly: target.checked })}
            className="size-4 accent-accent"
          />
          <Trans>Only denied</Trans>
        </label>
        {isPossible(filter) && (
          <a
            href={csvAddress(filter)}
            download
            className="inline-flex h-9 shrink-0 items-center gap-2 rounded-lg border border-line bg-raised px-3.5 font-medium hover:bg-hover"
          >
            <Download size={16} strokeWidth={1.75} aria-hidden="true" />
            <Trans>CSV</Trans>
          </a>
        )}
      </div>
      {!isPossible(filter) && (
        <div className="mt-3">
          <Problem>
            <Trans>“From” is after “To”. Choose an earlier start or a later end.</Trans>
          </Problem>
        </div>
      )}
    </search>
  );
};
