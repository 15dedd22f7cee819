import { t } from '@lingui/core/macro';
import { useId } from 'react';
import { useAllowance } from '../limits/AllowanceProvider.tsx';
import { BarrierNotice } from '../limits/BarrierNotice.tsx';
import { Problem } from '../ui/Problem.tsx';
import { EditText } from './EditText.tsx';
import { useEditMessage } from './useEditMessage.ts';

export interface EditMessageProps {
  readonly id: string;
  readonly content: string;
  readonly onSent: () => void;
  readonly onCancel: () => void;
}

/** Edits a message: adds a new version with a new answer. The previous version stays available. */
export const EditMessage = ({ id, content, onSent, onCancel }: EditMessageProps) => {
  const { editMessage, isSending, problem } = useEditMessage(id);
  const { barrier, isBarred } = useAllowance();
  const reasonId = useId();
  return (
    <EditText
      label={t`Edit message`}
      fieldLabel={t`Message to edit`}
      content={content}
      action={t`Send`}
      isBusy={isSending || barrier !== null}
      reasonId={barrier ? reasonId : undefined}
      notice={
        <>
          {barrier && <BarrierNotice barrier={barrier} id={reasonId} />}
          {problem && !barrier && <Problem>{problem}</Problem>}
        </>
      }
      onSubmit={(text) => {
        if (!isBarred()) editMessage(text, onSent);
      }}
      onCancel={onCancel}
    />
  );
};
