import { t } from '@lingui/core/macro';
import { Search, X } from 'lucide-react';
import { searchFieldName } from '../shell/hotkeys.ts';
import { isOfInputMethod } from '../ui/inputMethod.ts';

export interface ConversationSearchProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export const ConversationSearch = ({ value, onChange }: ConversationSearchProps) => (
  <search className="relative min-w-0 flex-1">
    <Search
      size={16}
      strokeWidth={1.75}
      aria-hidden="true"
      className="pointer-events-none absolute start-2.5 top-1/2 -translate-y-1/2 text-muted"
    />
    <input
      type="search"
      name={searchFieldName}
      aria-label={t`Search conversations`}
      placeholder={t`Search`}
      autoComplete="off"
      dir="auto"
      value={value}
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || value === '' || isOfInputMethod(event.nativeEvent)) return;
        event.preventDefault();
        event.stopPropagation();
        onChange('');
      }}
      className="h-9 w-full rounded-lg pointer-coarse:h-11 bg-sunken outline-offset-0 ps-8.5 pe-8 text-base placeholder:text-muted md:text-[0.9375rem] [&::-webkit-search-cancel-button]:hidden"
    />
    {value !== '' && (
      <button
        type="button"
        aria-label={t`Clear the search`}
        onClick={() => onChange('')}
        className="absolute end-0.5 top-1/2 flex size-8 pointer-coarse:size-11 -translate-y-1/2 items-center justify-center rounded-md text-muted hover:text-ink"
      >
        <X size={15} aria-hidden="true" />
      </button>
    )}
  </search>
);
