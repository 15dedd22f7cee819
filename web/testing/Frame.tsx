import { type ReactNode, Suspense } from 'react';
import { RelayEnvironmentProvider } from 'react-relay';
import type { IEnvironment } from 'relay-runtime';
import { LanguageProvider } from '../language/LanguageProvider.tsx';
import { AllowanceProvider } from '../limits/AllowanceProvider.tsx';
import { Announcer } from '../ui/Announcer.tsx';
import { Notices } from '../ui/Notices.tsx';

/** The providers that surround every component in the app, without the pages. */
export const Frame = ({ environment, children }: { environment: IEnvironment; children: ReactNode }) => (
  <LanguageProvider>
    <RelayEnvironmentProvider environment={environment}>
      <Notices>
        <Announcer>
          <AllowanceProvider viewer={null}>
            <Suspense fallback="Loading">{children}</Suspense>
          </AllowanceProvider>
        </Announcer>
      </Notices>
    </RelayEnvironmentProvider>
  </LanguageProvider>
);
