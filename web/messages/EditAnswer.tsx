import { t } from '@lingui/core/macro';
import { graphql, useFragment } from 'react-relay';
import { Problem } from '../ui/Problem.tsx';
import type { EditAnswer_message$key } from './__generated__/EditAnswer_message.graphql.ts';
import { EditText } from './EditText.tsx';
import { useEditAnswer } from './useEditAnswer.ts';

export interface EditAnswerProps {
  readonly message: EditAnswer_message$key;
  readonly onSaved: () => void;
  readonly onCancel: () => void;
}

/** Edits an answer: adds a new version, which later prompts use. The original stays available. */
export const EditAnswer = ({ message: key, onSaved, onCancel }: EditAnswerProps) => {
  const { id, content } = useFragment(
    graphql`
      fragment EditAnswer_message on Message {
        id
        content
      }
    `,
    key,
  );
  const { editAnswer, isSaving, problem } = useEditAnswer(id);
  return (
    <EditText
      label={t`Edit answer`}
      fieldLabel={t`Answer to edit`}
      content={content}
      action={t`Save`}
      isBusy={isSaving}
      notice={problem && <Problem>{problem}</Problem>}
      onSubmit={(text) => editAnswer(text, onSaved)}
      onCancel={onCancel}
    />
  );
};
