import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Download, Import } from 'lucide-react';
import { graphql } from 'react-relay';
import { Link } from 'react-router';
import { AnswerDefaultsList } from '../answerDefaults/AnswerDefaultsList.tsx';
import { ApiKeyList } from '../apiKeys/ApiKeyList.tsx';
import { EngineReport } from '../engine/EngineReport.tsx';
import { LanguageSelect } from '../language/LanguageSelect.tsx';
import { DoneNoticeChoice } from '../offline/DoneNoticeChoice.tsx';
import { serverAddress } from '../relay/basePath.ts';
import { useRouteQuery } from '../relay/useRouteQuery.ts';
import { ShareList } from '../shares/ShareList.tsx';
import { PageHeader } from '../shell/PageHeader.tsx';
import { Button } from '../ui/Button.tsx';
import { Section } from '../ui/Section.tsx';
import { ThemeChoice } from '../ui/ThemeChoice.tsx';
import { useTitle } from '../ui/useTitle.ts';
import type { SettingsPageQuery } from './__generated__/SettingsPageQuery.graphql.ts';
import { ChangePassword } from './ChangePassword.tsx';
import { DeleteAccount } from './DeleteAccount.tsx';
import { ProgramLinks } from './ProgramLinks.tsx';
import { SessionList } from './SessionList.tsx';
import { useSignOut } from './useSignOut.ts';

export const SettingsPage = () => {
  useTitle(t`Settings`);
  const query = useRouteQuery<SettingsPageQuery>(graphql`
    query SettingsPageQuery @preloadable {
      viewer {
        username
        role
        identityProvider
        viewerCanGenerate
        ...DeleteAccount_viewer
        ...SessionList_viewer
        ...ApiKeyList_viewer
        ...ShareList_viewer
      }
      ...AnswerDefaultsList_query
      health {
        ...EngineReport_health
      }
    }
  `);
  const { viewer, health } = query;
  const [username, provider] = [viewer?.username, viewer?.identityProvider];
  const { signOut, isSigningOut } = useSignOut();
  return (
    <div className="flex h-full flex-col">
      <PageHeader title={t`Settings`} />
      <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-16 md:px-6">
        <div className="mx-auto flex max-w-3xl flex-col divide-y divide-line">
          <Section title={t`Appearance`}>
            <ThemeChoice />
            <LanguageSelect className="mt-5 max-w-xs" />
          </Section>
          <Section title={t`Notifications`}>
            <DoneNoticeChoice />
          </Section>
          <Section title={t`Account`}>
            <p className="text-muted">
              <Trans>
                Signed in as <bdi className="font-medium text-ink">{username}</bdi>.
              </Trans>{' '}
              {viewer?.role === 'ADMIN' && t`You are an administrator.`}
              {viewer?.role === 'VIEWER' && t`You have read-only access.`}{' '}
              {provider && t`You sign in with ${provider}.`}
            </p>
            <Button className="mt-4" onClick={signOut} busy={isSigningOut}>
              <Trans>Sign out</Trans>
            </Button>
          </Section>
          {viewer?.viewerCanGenerate && (
            <Section title={t`Answers`}>
              <AnswerDefaultsList query={query} />
            </Section>
          )}
          {viewer && !viewer.identityProvider && (
            <Section title={t`Password`}>
              <ChangePassword username={viewer.username} />
            </Section>
          )}
          {viewer && (
            <Section title={t`Sessions`}>
              <SessionList viewer={viewer} />
            </Section>
          )}
          {viewer && (
            <Section title={t`API keys`}>
              <ApiKeyList viewer={viewer} />
            </Section>
          )}
          {viewer && (
            <Section title={t`Shared links`}>
              <ShareList viewer={viewer} />
            </Section>
          )}
          <Section title={t`For programs`}>
            <ProgramLinks />
          </Section>
          {viewer && (
            <Section title={t`Your data`}>
              <p className="text-muted">
                <Trans>
                  A copy of all that you have here: conversations with every version of their messages,
                  settings and sessions, as one JSON file.
                </Trans>
              </p>
              <div className="mt-4 flex flex-wrap gap-2">
                <a
                  href={serverAddress('/api/account/export')}
                  download
                  className="inline-flex h-9 items-center gap-2 rounded-lg border border-line bg-raised px-3.5 font-medium hover:bg-hover"
                >
                  <Download size={16} strokeWidth={1.75} aria-hidden="true" />
                  <Trans>Download</Trans>
                </a>
                <Link
                  to="/import"
                  className="inline-flex h-9 pointer-coarse:h-11 items-center gap-2 rounded-lg border border-line bg-raised px-3.5 font-medium hover:bg-hover"
                >
                  <Import size={16} strokeWidth={1.75} aria-hidden="true" />
                  <Trans>Import conversations</Trans>
                </Link>
                <DeleteAccount viewer={viewer} />
              </div>
            </Section>
          )}
          <Section title={t`About`}>
            <EngineReport health={health} />
          </Section>
        </div>
      </div>
    </div>
  );
};
