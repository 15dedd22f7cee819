import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Download } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { Modal } from '../ui/Modal.tsx';
import { Problem } from '../ui/Problem.tsx';
import type { PullModelMutation } from './__generated__/PullModelMutation.graphql.ts';

export interface StartedPull {
  readonly id: string;
  readonly model: string;
}

/** Asks for the model to pull, and reports the pull that was started. */
export const PullModel = ({ onStarted }: { onStarted: (pull: StartedPull) => void }) => {
  const [isOpen, setOpen] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [commit, isStarting] = useMutation<PullModelMutation>(graphql`
    mutation PullModelMutation($input: PullModelInput!) {
      pullModel(input: $input) {
        pull {
          id
          model
        }
      }
    }
  `);
  const onOpenChange = (opens: boolean) => {
    setOpen(opens);
    setProblem(null);
  };
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setProblem(null);
    commit({
      variables: { input: { name: String(new FormData(event.currentTarget).get('name')) } },
      onCompleted: ({ pullModel }) => {
        if (pullModel) onStarted(pullModel.pull);
        setOpen(false);
      },
      onError: (error) => setProblem(messageOf(error)),
    });
  };
  return (
    <>
      <Button onClick={() => onOpenChange(true)}>
        <Download size={16} strokeWidth={1.9} aria-hidden="true" />
        <Trans>Pull a model</Trans>
      </Button>
      <Modal
        open={isOpen}
        onOpenChange={onOpenChange}
        title={t`Pull a model`}
        description={t`It is downloaded to every Ollama of this service, and continues when you leave this page.`}
      >
        <form onSubmit={onSubmit} className="flex flex-col gap-5">
          <Field
            label={t`Name`}
            name="name"
            hint={t`A name from ollama.com/library.`}
            placeholder="llama3.2"
            required
            maxLength={200}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
          />
          {problem && <Problem>{problem}</Problem>}
          <div className="flex justify-end gap-2">
            <Button onClick={() => onOpenChange(false)}>
              <Trans>Cancel</Trans>
            </Button>
            <Button type="submit" tone="accent" busy={isStarting}>
              <Trans>Pull</Trans>
            </Button>
          </div>
        </form>
      </Modal>
    </>
  );
};
