import { t } from '@lingui/core/macro';
import { Paperclip } from 'lucide-react';
import { useRef } from 'react';
import { IconButton } from '../ui/IconButton.tsx';

export interface AttachButtonProps {
  readonly onFiles: (files: readonly File[]) => void;
}

/** Opens the browser's file dialog. */
export const AttachButton = ({ onFiles }: AttachButtonProps) => {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={t`Files to attach`}
        onChange={({ target }) => {
          onFiles([...(target.files ?? [])]);
          // Otherwise the same file could not be chosen again.
          target.value = '';
        }}
      />
      <IconButton icon={Paperclip} label={t`Attach files`} onClick={() => input.current?.click()} />
    </>
  );
};
