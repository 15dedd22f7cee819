import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Printer } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useRelayEnvironment } from 'react-relay';
import { useParams } from 'react-router';
import { Markdown } from '../messages/Markdown.tsx';
import { messageOf } from '../relay/failure.ts';
import { WelcomeFrame } from '../session/WelcomeFrame.tsx';
import { Button } from '../ui/Button.tsx';
import { dayOf } from '../ui/moments.ts';
import { useTitle } from '../ui/useTitle.ts';
import type { ExportedConversation } from './conversationFile.ts';
import { fetchConversation } from './fetchConversation.ts';

/** A conversation without the app around it, to print or to save as PDF. The list of the app holds only visible messages. */
export const PrintPage = () => {
  const { id = '' } = useParams();
  const environment = useRelayEnvironment();
  const [conversation, setConversation] = useState<ExportedConversation | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useTitle(conversation?.title);
  useEffect(() => {
    let isShown = true;
    fetchConversation(environment, id).then(
      (fetched) => isShown && setConversation(fetched),
      (error: unknown) => isShown && setProblem(messageOf(error)),
    );
    return () => {
      isShown = false;
    };
  }, [environment, id]);
  if (problem) return <WelcomeFrame title={t`The conversation can’t be shown`} text={problem} />;
  if (!conversation) {
    return (
      <p role="status" className="p-8 text-muted">
        <Trans>Loading the conversation…</Trans>
      </p>
    );
  }
  return (
    <main className="print-page mx-auto max-w-3xl px-6 py-10">
      <header className="flex items-start justify-between gap-4 border-b border-line pb-5">
        <div>
          <h1 dir="auto" className="text-2xl leading-tight font-semibold tracking-tight text-balance">
            {conversation.title}
          </h1>
          <p className="mt-2 text-sm text-muted">{dayOf(conversation.createdAt)}</p>
        </div>
        <Button className="print:hidden" onClick={() => window.print()}>
          <Printer size={16} aria-hidden="true" />
          <Trans>Print or save as PDF</Trans>
        </Button>
      </header>
      {conversation.messages.map(({ id: messageId, role, content, model }) => (
        <article key={messageId} aria-label={role === 'USER' ? t`You` : t`Answer`} className="pt-6">
          <p className="mb-1 text-sm font-medium text-muted">
            {role === 'USER' ? t`You` : (model ?? t`Answer`)}
          </p>
          {role === 'USER' ? (
            <p dir="auto" className="whitespace-pre-wrap wrap-anywhere">
              {content}
            </p>
          ) : (
            <Markdown text={content} isStreaming={false} />
          )}
        </article>
      ))}
    </main>
  );
};
