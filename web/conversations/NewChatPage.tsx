import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Folder as FolderIcon, MessageCircleDashed, X } from 'lucide-react';
import { useEffect } from 'react';
import { graphql } from 'react-relay';
import { Link, useLocation, useNavigate } from 'react-router';
import { useAttachments } from '../attachments/useAttachments.ts';
import { ComparePicker } from '../comparison/ComparePicker.tsx';
import { minModels } from '../comparison/comparison.ts';
import { useComparedModels } from '../comparison/useComparedModels.ts';
import { EngineNotice } from '../engine/EngineNotice.tsx';
import { EngineSetup } from '../engine/EngineSetup.tsx';
import { Composer } from '../messages/Composer.tsx';
import { temporaryDraft } from '../messages/drafts.ts';
import { PendingMessage } from '../messages/PendingMessage.tsx';
import { ReadOnly } from '../messages/ReadOnly.tsx';
import { useDraft } from '../messages/useDraft.ts';
import { answeringModel } from '../models/answeringModel.ts';
import { ModelPicker } from '../models/ModelPicker.tsx';
import { useChosenModel } from '../models/useChosenModel.ts';
import { useRouteQuery } from '../relay/useRouteQuery.ts';
import { PageHeader } from '../shell/PageHeader.tsx';
import { isTemporaryPath, newTemporaryPath } from '../temporary/paths.ts';
import { ToolPicker } from '../tools/ToolPicker.tsx';
import { canCallTools, useChosenTools } from '../tools/useChosenTools.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { Problem } from '../ui/Problem.tsx';
import { useTitle } from '../ui/useTitle.ts';
import type { NewChatPageQuery } from './__generated__/NewChatPageQuery.graphql.ts';
import { useStartConversation } from './useStartConversation.ts';

export const NewChatPage = () => {
  const query = useRouteQuery<NewChatPageQuery>(graphql`
    query NewChatPageQuery($folder: ID!, $inFolder: Boolean!) @preloadable {
      node(id: $folder) @include(if: $inFolder) {
        ... on Folder {
          id
          name
        }
      }
      viewer {
        id
        viewerCanGenerate
      }
      health {
        engine {
          status
        }
        ...EngineNotice_health
        ...EngineSetup_health
      }
      models(first: 100) {
        edges {
          node {
            name
            isDefault
            canAnswer
            capabilities
          }
        }
      }
      ...ModelPicker_query
      tools {
        name
        needsConfirmation
      }
    }
  `);
  useTitle(null);
  const navigate = useNavigate();
  const isTemporary = isTemporaryPath(useLocation().search);
  const draft = useDraft(isTemporary ? temporaryDraft('new') : 'new');
  const attachments = useAttachments();
  const { start, pending, problem } = useStartConversation((text) => {
    draft.restore(text);
    attachments.restore();
  });
  const models = query.models?.edges.map(({ node }) => node) ?? [];
  const installed = models.map(({ name }) => name);
  const [model, setModel] = useChosenModel(installed);
  const [compared, setCompared] = useComparedModels(installed);
  const [tools, setTools] = useChosenTools(
    query.viewer?.id ?? '',
    query.tools.map(({ name }) => name),
  );
  const lanes = compared.length >= minModels ? compared : [];
  const answering = answeringModel(models, lanes[0] ?? model);
  const canCall = canCallTools(answering);
  useEffect(() => {
    // Preloads the code of the conversation page, which comes next.
    void import('./ConversationPage.tsx');
  }, []);

  const folder = query.node?.id && query.node.name ? query.node : null;
  const folderName = folder?.name;
  const canAsk = query.viewer?.viewerCanGenerate !== false;
  const { engine } = query.health;
  if (engine.status !== 'HEALTHY' && models.length === 0) return <EngineSetup health={query.health} />;
  return (
    <div className="flex h-full flex-col">
      <PageHeader {...(pending && { title: isTemporary ? t`Temporary chat` : t`New chat` })}>
        {canAsk && (
          <IconButton
            icon={MessageCircleDashed}
            label={t`Temporary chat`}
            aria-pressed={isTemporary}
            aria-disabled={pending !== null || undefined}
            onClick={() => pending === null && void navigate(isTemporary ? '/' : newTemporaryPath)}
          />
        )}
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto">
        {pending ? (
          <div className="mx-auto w-full max-w-3xl px-4 pt-4 md:px-6">
            <PendingMessage text={pending} />
          </div>
        ) : (
          <div className="mx-auto flex h-full max-w-3xl flex-col justify-end px-5 pb-8 md:justify-center md:px-6 md:pb-24">
            <h1 className="text-[1.75rem] leading-tight font-semibold tracking-tight text-balance">
              {!canAsk
                ? t({
                    message: 'Your conversations are in the sidebar.',
                    comment: 'They are on the right in a language that is written from right to left.',
                  })
                : isTemporary
                  ? t`Temporary chat`
                  : t`What would you like to know?`}
            </h1>
            {canAsk && (
              <p className="mt-2 max-w-xl text-muted">
                {isTemporary
                  ? t`It is in no list, search or export, and is deleted when you leave its page. Used tokens still count.`
                  : t`Your question goes to a model on your own hardware.`}
              </p>
            )}
            {canAsk && folder && !isTemporary && (
              <p className="mt-4 flex min-w-0 items-center gap-2 self-start rounded-lg bg-accent-soft py-1 ps-3 pe-1">
                <FolderIcon
                  size={16}
                  strokeWidth={1.75}
                  aria-hidden="true"
                  className="shrink-0 text-accent"
                />
                <span className="min-w-0 truncate">
                  <Trans>
                    In the folder <bdi className="font-medium">{folderName}</bdi>
                  </Trans>
                </span>
                <Link
                  to="/"
                  aria-label={t`Chat in no folder`}
                  title={t`Chat in no folder`}
                  className="inline-flex size-8 shrink-0 items-center justify-center rounded-lg text-muted hover:bg-hover hover:text-ink pointer-coarse:size-11"
                >
                  <X size={16} strokeWidth={1.75} aria-hidden="true" />
                </Link>
              </p>
            )}
          </div>
        )}
      </div>
      {!canAsk ? (
        <ReadOnly />
      ) : (
        <Composer
          draft={draft}
          attachments={attachments}
          onSend={(text, files) =>
            start({
              text,
              model: lanes[0] ?? model,
              attachments: files,
              folderId: isTemporary ? null : (folder?.id ?? null),
              isTemporary,
              compared: lanes,
              tools: canCall ? tools : [],
            })
          }
          onStop={null}
          isSending={pending !== null}
          notice={problem ? <Problem>{problem}</Problem> : <EngineNotice health={query.health} />}
        >
          {lanes.length === 0 && <ModelPicker query={query} chosen={model} onChoose={setModel} />}
          <ComparePicker models={models} chosen={compared} onChoose={setCompared} />
          <ToolPicker
            tools={query.tools}
            chosen={tools}
            incapable={canCall ? null : (answering?.name ?? null)}
            onChoose={setTools}
          />
        </Composer>
      )}
    </div>
  );
};
