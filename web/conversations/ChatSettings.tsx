import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { SlidersHorizontal } from 'lucide-react';
import { type FormEvent, useEffect, useState } from 'react';
import { fetchQuery, graphql, useFragment, useRelayEnvironment } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Modal } from '../ui/Modal.tsx';
import { Problem } from '../ui/Problem.tsx';
import type { ChatSettings_conversation$key } from './__generated__/ChatSettings_conversation.graphql.ts';
import type { ChatSettingsQuery } from './__generated__/ChatSettingsQuery.graphql.ts';
import { readOptions, readPrompt } from './chatOptions.ts';
import { OptionsFields } from './OptionsFields.tsx';
import { useSaveChatSettings } from './useSaveChatSettings.ts';

/** The system prompt and the sampling options of a conversation. */
export const ChatSettings = ({ conversation: key }: { conversation: ChatSettings_conversation$key }) => {
  const { id, systemPrompt, inheritedSystemPrompt, options, inheritedOptions, viewerCanUpdate } = useFragment(
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
  const [isOpen, setOpen] = useState(false);
  const environment = useRelayEnvironment();
  useEffect(() => {
    if (!isOpen) return;
    // What it inherits may have changed: with its model, its folder, or in the settings.
    const fetched = fetchQuery<ChatSettingsQuery>(
      environment,
      graphql`
        query ChatSettingsQuery($id: ID!) {
          node(id: $id) {
            ...ChatSettings_conversation @alias(as: "conversation")
          }
        }
      `,
      { id },
    ).subscribe({ error: () => {} });
    return () => fetched.unsubscribe();
  }, [environment, id, isOpen]);
  const { save, isSaving, problem } = useSaveChatSettings(id);
  if (!viewerCanUpdate) return null;
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    save(readPrompt(form), readOptions(form, options), () => setOpen(false));
  };
  return (
    <>
      <IconButton icon={SlidersHorizontal} label={t`Chat settings`} compact onClick={() => setOpen(true)} />
      <Modal
        open={isOpen}
        onOpenChange={setOpen}
        title={t`Chat settings`}
        description={t`They apply to this chat, from its next answer on. Empty fields use your defaults, or else the model’s.`}
      >
        <form onSubmit={onSubmit} className="flex flex-col gap-5">
          <OptionsFields
            systemPrompt={systemPrompt ?? null}
            options={options}
            inherited={{ systemPrompt: inheritedSystemPrompt ?? null, options: inheritedOptions }}
          />
          {problem && <Problem>{problem}</Problem>}
          <div className="flex justify-end gap-2">
            <Button onClick={() => setOpen(false)}>
              <Trans>Cancel</Trans>
            </Button>
            <Button type="submit" tone="accent" busy={isSaving}>
              {isSaving ? t`Saving…` : t`Save`}
            </Button>
          </div>
        </form>
      </Modal>
    </>
  );
};
