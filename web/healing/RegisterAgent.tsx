import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useId, useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { Modal } from '../ui/Modal.tsx';
import { Problem } from '../ui/Problem.tsx';
import { SecretText } from '../ui/SecretText.tsx';
import { actionsOf } from './actionLines.ts';
import { useRegisterAgent } from './useRegisterAgent.ts';

export interface RegisterAgentProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  /** The list that the agent is added to. */
  readonly connection: string;
}

/** Registers an agent, and shows its secret once. */
export const RegisterAgent = ({ open, onOpenChange, connection }: RegisterAgentProps) => {
  const [agentId, setAgentId] = useState('');
  const [actions, setActions] = useState('');
  const { register, isRegistering, registered, problem, forget } = useRegisterAgent(connection);
  const actionsId = useId();
  const change = (isOpen: boolean) => {
    onOpenChange(isOpen);
    if (isOpen) return;
    forget();
    setAgentId('');
    setActions('');
  };
  if (registered) {
    return (
      <Modal
        open={open}
        onOpenChange={change}
        title={t`The agent is registered`}
        description={t`Copy the secret now: it is not shown again. The agent signs its events with it.`}
      >
        <div className="space-y-3">
          <SecretText label={t`The secret`} text={registered.secret} copyLabel={t`Copy the secret`} />
          <SecretText
            label={t`The address for its events`}
            text={`/api/llm/healing/agents/${registered.id}/events`}
            copyLabel={t`Copy the address`}
          />
        </div>
        <div className="mt-5 flex justify-end">
          <Button tone="accent" onClick={() => change(false)}>
            <Trans>Done</Trans>
          </Button>
        </div>
      </Modal>
    );
  }
  return (
    <Modal open={open} onOpenChange={change} title={t`Register an agent`}>
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isRegistering) register({ agentId: agentId.trim(), actions: actionsOf(actions) });
        }}
      >
        <Field
          label={t`Id of the agent`}
          hint={t`As in your own system, such as the Control Center.`}
          required
          maxLength={200}
          value={agentId}
          onChange={(event) => setAgentId(event.target.value)}
        />
        <div>
          <label htmlFor={actionsId} className="mb-1.5 block text-sm font-medium">
            <Trans>Actions</Trans>
          </label>
          <textarea
            id={actionsId}
            dir="auto"
            required
            rows={5}
            value={actions}
            onChange={(event) => setActions(event.target.value)}
            aria-describedby={`${actionsId}-hint`}
            className="w-full rounded-lg border border-line-strong bg-raised px-3 py-2 font-mono text-sm focus-visible:border-accent focus-visible:outline-offset-0"
          />
          <p id={`${actionsId}-hint`} className="mt-1.5 text-sm text-muted">
            <Trans>
              One a line, such as <code className="font-mono">restart-worker: Restarts the worker.</code> With{' '}
              <code className="font-mono">!</code> in front, you approve each run.
            </Trans>
          </p>
        </div>
        {problem && <Problem>{problem}</Problem>}
        <div className="flex justify-end">
          <Button type="submit" tone="accent" busy={isRegistering}>
            <Trans>Register</Trans>
          </Button>
        </div>
      </form>
    </Modal>
  );
};
