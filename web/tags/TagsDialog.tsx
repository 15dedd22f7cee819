import { t } from '@lingui/core/macro';
import { Plural, Trans } from '@lingui/react/macro';
import { X } from 'lucide-react';
import { type FormEvent, useId, useRef } from 'react';
import { Button } from '../ui/Button.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Modal } from '../ui/Modal.tsx';
import { maxTagLength, maxTags } from './tagBounds.ts';
import { UsedTags } from './UsedTags.tsx';

export interface TagsDialogProps {
  readonly open: boolean;
  readonly tags: readonly string[];
  readonly onChange: (tags: readonly string[]) => void;
  readonly onClose: () => void;
}

/** Adds and removes the tags of a conversation. Each change is saved at once. */
export const TagsDialog = ({ open, onClose, ...props }: TagsDialogProps) => (
  <Modal open={open} onOpenChange={(stays) => !stays && onClose()} title={t`Tags`}>
    <TagsForm onClose={onClose} {...props} />
  </Modal>
);

const TagsForm = ({ tags, onChange, onClose }: Omit<TagsDialogProps, 'open'>) => {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const isFull = tags.length >= maxTags;
  const add = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const tag = field.current?.value.trim() ?? '';
    if (tag !== '' && !tags.includes(tag) && !isFull) onChange([...tags, tag]);
    if (field.current) field.current.value = '';
    field.current?.focus();
  };
  return (
    <div className="flex flex-col gap-5">
      {tags.length === 0 ? (
        <p className="text-muted">
          <Trans>This conversation has no tags yet.</Trans>
        </p>
      ) : (
        <ul aria-label={t`Tags of this conversation`} className="flex flex-wrap gap-2">
          {tags.map((tag) => (
            <li key={tag} className="flex max-w-full items-center rounded-lg bg-accent-soft ps-3">
              <span dir="auto" className="truncate">
                {tag}
              </span>
              <IconButton
                icon={X}
                label={t`Remove the tag ${tag}`}
                compact
                onClick={() => {
                  onChange(tags.filter((other) => other !== tag));
                  field.current?.focus();
                }}
              />
            </li>
          ))}
        </ul>
      )}
      <form onSubmit={add} className="flex items-end gap-2">
        <div className="min-w-0 flex-1">
          <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
            <Trans>New tag</Trans>
          </label>
          <input
            ref={field}
            id={id}
            name="tag"
            list={`${id}-used`}
            dir="auto"
            maxLength={maxTagLength}
            autoComplete="off"
            disabled={isFull}
            className="h-11 w-full rounded-lg border border-line-strong bg-raised px-3 text-base placeholder:text-muted focus-visible:border-accent focus-visible:outline-offset-0"
          />
          <UsedTags id={`${id}-used`} without={tags} />
        </div>
        <Button type="submit" disabled={isFull}>
          <Trans>Add</Trans>
        </Button>
      </form>
      {isFull && (
        <p className="text-sm text-muted">
          <Plural
            value={maxTags}
            one="A conversation has at most # tag."
            other="A conversation has at most # tags."
          />
        </p>
      )}
      <div className="flex justify-end">
        <Button tone="accent" onClick={onClose}>
          <Trans>Done</Trans>
        </Button>
      </div>
    </div>
  );
};
