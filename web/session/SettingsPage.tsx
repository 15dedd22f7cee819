import type { ReactNode } from 'react';
import { useId } from 'react';
import { graphql } from 'react-relay';
import { EngineReport } from '../engine/EngineReport.tsx';
import { useRouteQuery } from '../relay/useRouteQuery.ts';
import { PageHeader } from '../shell/PageHeader.tsx';
import { Button } from '../ui/Button.tsx';
import { ThemeChoice } from '../ui/ThemeChoice.tsx';
import { useTitle } from '../ui/useTitle.ts';
import type { SettingsPageQuery } from './__generated__/SettingsPageQuery.graphql.ts';
import { ChangePassword } from './ChangePassword.tsx';
import { ProgramLinks } from './ProgramLinks.tsx';
import { useSignOut } from './useSignOut.ts';

export const SettingsPage = () => {
  useTitle('Settings');
  const { viewer, health } = useRouteQuery<SettingsPageQuery>(graphql`
    query SettingsPageQuery {
      viewer {
        username
        role
      }
      health {
        ...EngineReport_health
      }
    }
  `);
  const { signOut, isSigningOut } = useSignOut();
  return (
    <div className="flex h-full flex-col">
      <PageHeader title="Settings" />
      <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-16 md:px-6">
        <div className="mx-auto flex max-w-3xl flex-col divide-y divide-line">
          <Section title="Appearance">
            <ThemeChoice />
          </Section>
          <Section title="Account">
            <p className="text-muted">
              Signed in as <span className="font-medium text-ink">{viewer?.username}</span>
              {viewer?.role === 'ADMIN' && ', an administrator'}.
            </p>
            <Button className="mt-4" onClick={signOut} busy={isSigningOut}>
              Sign out
            </Button>
          </Section>
          <Section title="Password">
            <ChangePassword username={viewer?.username ?? ''} />
          </Section>
          <Section title="For programs">
            <ProgramLinks />
          </Section>
          <Section title="About">
            <EngineReport health={health} />
          </Section>
        </div>
      </div>
    </div>
  );
};

const Section = ({ title, children }: { title: string; children: ReactNode }) => {
  const heading = useId();
  return (
    <section aria-labelledby={heading} className="grid gap-x-8 gap-y-3 py-7 md:grid-cols-[10rem_1fr]">
      <h2 id={heading} className="font-semibold">
        {title}
      </h2>
      <div className="min-w-0">{children}</div>
    </section>
  );
};
