import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { type FormEvent, useEffect } from 'react';
import { fetchQuery, graphql, useFragment, useRelayEnvironment } from 'react-relay';
import { CollectionChoices, readChoices } from '../collections/CollectionChoices.tsx';
import { Button } from '../ui/Button.tsx';
import { LoadBoundary } from '../ui/LoadBoundary.tsx';
import { Modal } from '../ui/Modal.tsx';
import { Problem } from '../ui/Problem.tsx';
import type { ChatSettingsDialog_conversation$key } from './__generated__/ChatSettingsDialog_conversation.graphql.ts';
import type { ChatSettingsDialogQuery } from './__generated__/ChatSettingsDialogQuery.graphql.ts';
import { readOptions, readPrompt } from './chatOptions.ts';
import { OptionsFields } from './OptionsFields.tsx';
import { useSaveChatSettings } from './useSaveChatSettings.ts';

export interface ChatSettingsDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly conversation: ChatSettingsDialog_conversation$key;
}

/** The system prompt, the sampling options and the collections of a conversation. */
export const ChatSettingsDialog = ({ open, onOpenChange, conversation: key }: ChatSettingsDialogProps) => {
  const { id, systemPrompt, inheritedSystemPrompt, options, inheritedOptions } = useFragment(
    graphql`
      fragment ChatSettingsDialog_conversation on Conversation {
        id
        systemPrompt
        inheritedSystemPrompt
        options {
          temperature
          topP
          topK
          seed
          maxTokens
          stop
          contextLength
        }
        inheritedOptions {
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
  const environment = useRelayEnvironment();
  useEffect(() => {
    if (!open) return;
    // What it inherits may have changed: with its model, its folder, or in the settings.
    const fetched = fetchQuery<ChatSettingsDialogQuery>(
      environment,
      graphql`
        query ChatSettingsDialogQuery($id: ID!) {
          node(id: $id) {
            ...ChatSettingsDialog_conversation @alias(as: "conversation")
          }
        }
      `,
      { id },
    ).subscribe({ error: () => {} });
    return () => fetched.unsubscribe();
  }, [environment, id, open]);
  const { save, isSaving, problem } = useSaveChatSettings(id);
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    save(readPrompt(form), readOptions(form, options), readChoices(form), () => onOpenChange(false));
  };
  return (
    <Modal
      open={open}
      onOpenChange={onOpenChange}
      title={t`Chat settings`}
      description={t`They apply to this chat, from its next answer on, and collections from its next question on. Empty fields use your defaults, or else the model’s.`}
    >
      <form onSubmit={onSubmit} className="flex flex-col gap-5">
        <OptionsFields
          systemPrompt={systemPrompt ?? null}
          options={options}
          inherited={{ systemPrompt: inheritedSystemPrompt ?? null, options: inheritedOptions }}
        />
        <LoadBoundary>
          {(fetchKey) => (
            <CollectionChoices id={id} fetchKey={fetchKey} onLeave={() => onOpenChange(false)} />
          )}
        </LoadBoundary>
        {problem && <Problem>{problem}</Problem>}
        <div className="flex justify-end gap-2">
          <Button onClick={() => onOpenChange(false)}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" tone="accent" busy={isSaving}>
            {isSaving ? t`Saving…` : t`Save`}
          </Button>
        </div>
      </form>
    </Modal>
  );
};
