import { SlidersHorizontal } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Modal } from '../ui/Modal.tsx';
import { Problem } from '../ui/Problem.tsx';
import type { ChatSettings_conversation$key } from './__generated__/ChatSettings_conversation.graphql.ts';
import { numberOptions, readOptions } from './chatOptions.ts';
import { useSaveChatSettings } from './useSaveChatSettings.ts';

const area =
  'block w-full resize-y rounded-lg border border-line-strong bg-raised px-3 py-2.5 text-base placeholder:text-muted focus-visible:border-accent focus-visible:outline-offset-0';

/** The system prompt and the sampling options of a conversation. */
export const ChatSettings = ({ conversation: key }: { conversation: ChatSettings_conversation$key }) => {
  const { id, systemPrompt, inheritedSystemPrompt, options, viewerCanUpdate } = useFragment(
    graphql`
      fragment ChatSettings_conversation on Conversation {
        id
        systemPrompt
        inheritedSystemPrompt
        viewerCanUpdate
        options {
          temperature
          topP
          topK
          seed
          maxTokens
          stop
        }
      }
    `,
    key,
  );
  const [isOpen, setOpen] = useState(false);
  const { save, isSaving, problem } = useSaveChatSettings(id);
  const fieldId = useId();
  if (!viewerCanUpdate) return null;
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const prompt = String(form.get('systemPrompt')).trim();
    save(prompt === '' ? null : prompt, readOptions(form), () => setOpen(false));
  };
  return (
    <>
      <IconButton icon={SlidersHorizontal} label="Chat settings" compact onClick={() => setOpen(true)} />
      <Modal
        open={isOpen}
        onOpenChange={setOpen}
        title="Chat settings"
        description="They apply to this chat, from its next answer on. Empty fields use the model’s defaults."
      >
        <form onSubmit={onSubmit} className="flex flex-col gap-5">
          <div>
            <label htmlFor={`${fieldId}-prompt`} className="mb-1.5 block text-sm font-medium">
              System prompt
            </label>
            <textarea
              id={`${fieldId}-prompt`}
              name="systemPrompt"
              rows={4}
              dir="auto"
              maxLength={100_000}
              defaultValue={systemPrompt ?? ''}
              placeholder={inheritedSystemPrompt ?? 'You are a helpful assistant.'}
              aria-describedby={inheritedSystemPrompt ? `${fieldId}-prompt-hint` : undefined}
              className={area}
            />
            {inheritedSystemPrompt && (
              <p id={`${fieldId}-prompt-hint`} className="mt-1.5 text-sm text-muted">
                While this is empty, the folder’s system prompt applies.
              </p>
            )}
          </div>
          <div className="grid gap-4 sm:grid-cols-2">
            {numberOptions.map(({ name, ...props }) => (
              <Field
                key={name}
                name={name}
                type="number"
                inputMode="decimal"
                defaultValue={options[name] ?? ''}
                {...props}
                step={name === 'temperature' || name === 'topP' ? 'any' : props.step}
              />
            ))}
          </div>
          <div>
            <label htmlFor={`${fieldId}-stop`} className="mb-1.5 block text-sm font-medium">
              Stop sequences
            </label>
            <textarea
              id={`${fieldId}-stop`}
              name="stop"
              rows={2}
              defaultValue={(options.stop ?? []).join('\n')}
              aria-describedby={`${fieldId}-stop-hint`}
              className={area}
            />
            <p id={`${fieldId}-stop-hint`} className="mt-1.5 text-sm text-muted">
              One per line, at most 16. An answer ends before the first of them.
            </p>
          </div>
          {problem && <Problem>{problem}</Problem>}
          <div className="flex justify-end gap-2">
            <Button onClick={() => setOpen(false)}>Cancel</Button>
            <Button type="submit" tone="accent" busy={isSaving}>
              {isSaving ? 'Saving…' : 'Save'}
            </Button>
          </div>
        </form>
      </Modal>
    </>
  );
};
