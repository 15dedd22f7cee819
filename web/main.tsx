import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router';
import { LanguageProvider } from './language/LanguageProvider.tsx';
import { startLanguage } from './language/language.ts';
import { installServiceWorker } from './offline/serviceWorker.ts';
import { basePath } from './relay/basePath.ts';
import { createRouter } from './routes.tsx';
import { hadSession } from './session/endedSession.ts';
import { signInAt } from './session/returnTo.ts';
import { SessionProvider } from './session/SessionProvider.tsx';
import { createSessions } from './session/sessions.ts';
import './styles.css';
import { ErrorBoundary } from './ui/ErrorBoundary.tsx';
import { ErrorPage } from './ui/ErrorPage.tsx';
import { hideInputMethodEscape } from './ui/inputMethod.ts';
import { Notices } from './ui/Notices.tsx';
import { followTheme } from './ui/theme.ts';

hideInputMethodEscape();
installServiceWorker();
followTheme(() => {});

const sessions = createSessions(() => {
  // During a navigation, the target is the page that failed to load.
  const target = router.state.navigation.location ?? window.location;
  const pathname = target.pathname.slice(basePath.length) || '/';
  if (pathname === '/login') return;
  void router.navigate(signInAt(pathname, hadSession()), { replace: true }).then(sessions.renew);
});
const router = createRouter(sessions);

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id "root".');
const app = (
  <StrictMode>
    <LanguageProvider>
      <ErrorBoundary
        fallback={(error) => <ErrorPage error={error} onRetry={() => window.location.reload()} />}
      >
        <Notices>
          <SessionProvider sessions={sessions}>
            <RouterProvider router={router} />
          </SessionProvider>
        </Notices>
      </ErrorBoundary>
    </LanguageProvider>
  </StrictMode>
);
// Not `await`: with it, the bundler splits the start page differently, and it needs 18 kB more.
void startLanguage().then(() => createRoot(root).render(app));
