import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { type FormEvent, useId } from 'react';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { Modal } from '../ui/Modal.tsx';
import { maxTagLength } from './tagBounds.ts';
import { UsedTags } from './UsedTags.tsx';
import { useTagAll } from './useTagAll.ts';

export interface TagSelectedProps {
  readonly open: boolean;
  /** The ids of the conversations. */
  readonly ids: readonly string[];
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Asks for a tag that is added to conversations, or removed from them. */
export const TagSelected = ({ open, onClose, ...props }: TagSelectedProps) => (
  <Modal open={open} onOpenChange={(stays) => !stays && onClose()} title={t`Tag selected`}>
    <TagForm onClose={onClose} {...props} />
  </Modal>
);

const TagForm = ({ ids, onDone, onClose }: Omit<TagSelectedProps, 'open'>) => {
  const id = useId();
  const tagAll = useTagAll();
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { submitter } = event.nativeEvent as SubmitEvent;
    const tag = String(new FormData(event.currentTarget).get('tag') ?? '').trim();
    void tagAll(ids, tag, submitter?.getAttribute('value') !== 'remove');
    onClose();
    onDone();
  };
  return (
    <form onSubmit={onSubmit} className="flex flex-col gap-5">
      <Field
        label={t`Tag`}
        name="tag"
        list={id}
        maxLength={maxTagLength}
        pattern=".*\S.*"
        autoComplete="off"
        required
      />
      <UsedTags id={id} />
      {/* The first button is the one that Enter presses. */}
      <div className="flex flex-row-reverse gap-2">
        <Button type="submit" tone="accent">
          <Trans>Add</Trans>
        </Button>
        <Button type="submit" value="remove">
          <Trans>Remove</Trans>
        </Button>
        <Button onClick={onClose}>
          <Trans>Cancel</Trans>
        </Button>
      </div>
    </form>
  );
};
