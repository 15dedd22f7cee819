import { t } from '@lingui/core/macro';
import type { ComponentProps } from 'react';
import type { ExtraProps } from 'streamdown';

/** The mark of an item in a list of tasks. It can't be changed. */
export const MarkdownCheckbox = ({ node: _, checked }: ComponentProps<'input'> & ExtraProps) => (
  <input
    type="checkbox"
    checked={checked ?? false}
    disabled
    aria-label={checked ? t({ context: 'task', message: 'Done' }) : t({ context: 'task', message: 'To do' })}
  />
);
