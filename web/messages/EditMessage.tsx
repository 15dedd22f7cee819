import { type KeyboardEvent, useId, useState } from 'react';
import { useAllowance } from '../limits/AllowanceProvider.tsx';
import { BarrierNotice } from '../limits/BarrierNotice.tsx';
import { Button } from '../ui/Button.tsx';
import { isOfInputMethod } from '../ui/inputMethod.ts';
import { Problem } from '../ui/Problem.tsx';
import { maxMessageLength } from './messageLength.ts';
import { useEditMessage } from './useEditMessage.ts';

export interface EditMessageProps {
  readonly id: string;
  readonly content: string;
  readonly onSent: () => void;
  readonly onCancel: () => void;
}

/** Edits a message: adds a new version with a new answer. The previous version stays available. */
export const EditMessage = ({ id, content, onSent, onCancel }: EditMessageProps) => {
  const [text, setText] = useState(content);
  const { editMessage, isSending, problem } = useEditMessage(id);
  const { barrier, isBarred } = useAllowance();
  const reasonId = useId();
  const canSend = text.trim() !== '' && text.trim() !== content;
  const send = () => {
    if (canSend && !isBarred()) editMessage(text.trim(), onSent);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isOfInputMethod(event.nativeEvent)) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      onCancel();
    } else if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) {
      event.preventDefault();
      send();
    }
  };
  return (
    <form
      aria-label="Edit message"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      className="rounded-2xl bg-sunken p-3"
    >
      <textarea
        aria-label="Message to edit"
        value={text}
        dir="auto"
        // biome-ignore lint/a11y/noAutofocus: the reader just asked to edit
        autoFocus
        onFocus={(event) => event.target.setSelectionRange(text.length, text.length)}
        maxLength={maxMessageLength}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        className="block field-sizing-content max-h-[50dvh] min-h-12 w-full resize-none rounded-lg bg-transparent px-1.5 text-base leading-relaxed outline-none"
      />
      <div className="mt-2 empty:hidden">
        {barrier && <BarrierNotice barrier={barrier} id={reasonId} />}
        {problem && !barrier && <Problem>{problem}</Problem>}
      </div>
      <div className="mt-2 flex justify-end gap-2">
        <Button onClick={onCancel}>Cancel</Button>
        <Button
          type="submit"
          tone="accent"
          disabled={!canSend}
          busy={isSending || barrier !== null}
          aria-describedby={barrier ? reasonId : undefined}
        >
          Send
        </Button>
      </div>
    </form>
  );
};
