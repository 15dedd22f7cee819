import { t } from '@lingui/core/macro';

/** The mark of an item in a list of tasks. It can't be changed. */
export const MarkdownCheckbox = ({ isChecked }: { isChecked: boolean }) => (
  <input
    type="checkbox"
    checked={isChecked}
    disabled
    aria-label={
      isChecked ? t({ context: 'task', message: 'Done' }) : t({ context: 'task', message: 'To do' })
    }
  />
);
