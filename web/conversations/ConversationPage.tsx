import { t } from '@lingui/core/macro';
import { graphql, useFragment } from 'react-relay';
import { useParams } from 'react-router';
import { ComparePicker } from '../comparison/ComparePicker.tsx';
import { minModels } from '../comparison/comparison.ts';
import { useComparedModels } from '../comparison/useComparedModels.ts';
import { EngineNotice } from '../engine/EngineNotice.tsx';
import { answeringModel } from '../models/answeringModel.ts';
import { useRouteQuery } from '../relay/useRouteQuery.ts';
import { PageHeader } from '../shell/PageHeader.tsx';
import { ConversationTags } from '../tags/ConversationTags.tsx';
import { TemporaryNotice } from '../temporary/TemporaryNotice.tsx';
import { AnswerTools } from '../tools/AnswerTools.ts';
import { ToolPicker } from '../tools/ToolPicker.tsx';
import { canCallTools, useChosenTools } from '../tools/useChosenTools.ts';
import { NotFoundPage } from '../ui/NotFoundPage.tsx';
import { useTitle } from '../ui/useTitle.ts';
import type { ConversationPage_conversation$key } from './__generated__/ConversationPage_conversation.graphql.ts';
import type { ConversationPageQuery } from './__generated__/ConversationPageQuery.graphql.ts';
import { ChatSettings } from './ChatSettings.tsx';
import { ConversationMenu } from './ConversationMenu.tsx';
import { ConversationModel } from './ConversationModel.tsx';
import { ConversationView } from './ConversationView.tsx';

export const ConversationPage = () => {
  const query = useRouteQuery<ConversationPageQuery>(graphql`
    query ConversationPageQuery($id: ID!) @preloadable {
      viewer {
        id
        viewerCanGenerate
      }
      node(id: $id) {
        ...ConversationPage_conversation @alias(as: "conversation")
      }
      health {
        ...EngineNotice_health
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
      ...ConversationModel_query
      tools {
        name
        needsConfirmation
      }
    }
  `);
  const { id } = useParams();
  const models = query.models?.edges.map(({ node }) => node) ?? [];
  const [compared, setCompared] = useComparedModels(models.map(({ name }) => name));
  const [tools, setTools] = useChosenTools(
    query.viewer?.id ?? '',
    query.tools.map(({ name }) => name),
  );
  /** The listed model, if it can't call tools. */
  const incapable = (chosen: string | null) => {
    const model = answeringModel(models, chosen);
    return canCallTools(model) ? undefined : model;
  };
  const isComparing = compared.length >= minModels;
  const conversation = query.node?.conversation;
  if (!conversation) {
    return (
      <NotFoundPage
        title={t`Conversation not found`}
        text={t`It was deleted, or it belongs to another user.`}
      />
    );
  }
  return (
    <Conversation
      key={id}
      conversation={conversation}
      canAsk={query.viewer?.viewerCanGenerate !== false}
      notice={<EngineNotice health={query.health} />}
      compared={isComparing ? compared : none}
      toolsOf={(chosen) => (incapable(chosen) ? none : tools)}
      onPicked={() => setCompared([])}
      model={(conversationKey, chosen) => (
        <>
          {!isComparing && <ConversationModel query={query} conversation={conversationKey} />}
          <ComparePicker models={models} chosen={compared} onChoose={setCompared} />
          <ToolPicker
            tools={query.tools}
            chosen={tools}
            incapable={incapable((isComparing ? compared[0] : undefined) ?? chosen)?.name ?? null}
            onChoose={setTools}
          />
        </>
      )}
    />
  );
};

const none: readonly string[] = [];

interface ConversationProps {
  readonly conversation: ConversationPage_conversation$key;
  readonly canAsk: boolean;
  /** The models that answer the next message; empty for the conversation's own. */
  readonly compared: readonly string[];
  /** Returns the tools that an answer of a model may call; null for the default model. */
  readonly toolsOf: (model: string | null) => readonly string[];
  /** Called when the reader chose one of the answers that were compared. */
  readonly onPicked: () => void;
  readonly notice: React.ReactNode;
  readonly model: (
    conversation: React.ComponentProps<typeof ConversationModel>['conversation'],
    chosen: string | null,
  ) => React.ReactNode;
}

const Conversation = ({
  conversation: key,
  canAsk,
  compared,
  toolsOf,
  onPicked,
  notice,
  model,
}: ConversationProps) => {
  const conversation = useFragment(
    graphql`
      fragment ConversationPage_conversation on Conversation {
        title
        model
        ...ChatSettings_conversation
        ...ConversationMenu_conversation
        ...ConversationModel_conversation
        ...ConversationTags_conversation
        ...TemporaryNotice_conversation
        ...ConversationView_conversation
      }
    `,
    key,
  );
  useTitle(conversation.title);
  const chosen = conversation.model ?? null;
  return (
    <div className="flex h-full flex-col">
      <PageHeader title={conversation.title}>
        <ConversationTags conversation={conversation} />
        <ChatSettings conversation={conversation} />
        <ConversationMenu conversation={conversation} isOpen />
      </PageHeader>
      <TemporaryNotice conversation={conversation} />
      <AnswerTools value={toolsOf(chosen)}>
        <ConversationView
          conversation={conversation}
          canAsk={canAsk}
          compared={compared}
          tools={toolsOf(compared[0] ?? chosen)}
          onPicked={onPicked}
          notice={notice}
        >
          {model(conversation, chosen)}
        </ConversationView>
      </AnswerTools>
    </div>
  );
};
