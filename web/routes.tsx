import { loadQuery } from 'react-relay';
import { createBrowserRouter, type LoaderFunctionArgs, Navigate, type RouteObject } from 'react-router';
import type { OperationType, PreloadableConcreteRequest, VariablesOf } from 'relay-runtime';
import activityPage from './activity/__generated__/ActivityPageQuery$parameters.ts';
import adminPage from './admin/__generated__/AdminPageQuery$parameters.ts';
import usersPage from './admin/__generated__/UsersPageQuery$parameters.ts';
import usageOfUsersPage from './admin/usage/__generated__/UsageOfUsersPageQuery$parameters.ts';
import keysPage from './apiKeys/__generated__/KeysPageQuery$parameters.ts';
import auditLogPage from './audit/__generated__/AuditLogPageQuery$parameters.ts';
import collectionPage from './collections/__generated__/CollectionPageQuery$parameters.ts';
import collectionsPage from './collections/__generated__/CollectionsPageQuery$parameters.ts';
import llmTestPage from './completions/__generated__/LlmTestPageQuery$parameters.ts';
import conversationPage from './conversations/__generated__/ConversationPageQuery$parameters.ts';
import newChatPage from './conversations/__generated__/NewChatPageQuery$parameters.ts';
import dockerRequestsPage from './docker/__generated__/DockerRequestsPageQuery$parameters.ts';
import healingPage from './healing/__generated__/HealingPageQuery$parameters.ts';
import inboxPage from './healing/__generated__/InboxPageQuery$parameters.ts';
import holdingsPage from './holdings/__generated__/HoldingsPageQuery$parameters.ts';
import { chosenResource } from './holdings/resources.ts';
import legalHoldsPage from './holds/__generated__/LegalHoldsPageQuery$parameters.ts';
import limitHitsPage from './limitHits/__generated__/LimitHitsPageQuery$parameters.ts';
import modelsPage from './models/__generated__/ModelsPageQuery$parameters.ts';
import presetPage from './presets/__generated__/PresetPageQuery$parameters.ts';
import presetsPage from './presets/__generated__/PresetsPageQuery$parameters.ts';
import { basePath } from './relay/basePath.ts';
import linkPage from './session/__generated__/LinkPageQuery$parameters.ts';
import settingsPage from './session/__generated__/SettingsPageQuery$parameters.ts';
import type { Sessions } from './session/sessions.ts';
import sharedPage from './shares/__generated__/SharedPageQuery$parameters.ts';
import shell from './shell/__generated__/ShellQuery$parameters.ts';
import { AppSkeleton } from './shell/AppSkeleton.tsx';
import { page } from './shell/pageCode.tsx';
import { RouteErrorPage } from './shell/RouteErrorPage.tsx';
import { NotFoundPage } from './ui/NotFoundPage.tsx';
import usagePage from './usage/__generated__/UsagePageQuery$parameters.ts';
import { rangeOf, variablesOf } from './usage/ranges.ts';

/**
 * Defines routes with one query each, which starts while the route's code loads. The code has the document; this file has
 * only its id. Shows data of the store first, and refetches it.
 */
export const createRoutes = (sessions: Sessions): RouteObject[] => {
  const load = <TQuery extends OperationType>(
    query: PreloadableConcreteRequest<TQuery>,
    variables: VariablesOf<TQuery>,
  ) => loadQuery(sessions.current().environment, query, variables, { fetchPolicy: 'store-and-network' });

  const newChat = {
    loader: ({ request }: LoaderFunctionArgs) => {
      const folder = new URL(request.url).searchParams.get('folder');
      return load(newChatPage, { folder: folder ?? '', inFolder: folder !== null });
    },
    lazy: page(async () => (await import('./conversations/NewChatPage.tsx')).NewChatPage),
  };
  const link = {
    HydrateFallback: AppSkeleton,
    errorElement: <RouteErrorPage />,
    loader: ({ params }: LoaderFunctionArgs) => load(linkPage, { secret: params.secret ?? '' }),
    lazy: page(async () => (await import('./session/LinkPage.tsx')).LinkPage),
  };
  return [
    { path: '/invite/:secret', ...link },
    { path: '/reset/:secret', ...link },
    {
      path: '/print/:id',
      HydrateFallback: AppSkeleton,
      errorElement: <RouteErrorPage />,
      lazy: page(async () => (await import('./export/PrintPage.tsx')).PrintPage),
    },
    {
      path: '/share/:secret',
      HydrateFallback: AppSkeleton,
      errorElement: <RouteErrorPage />,
      loader: ({ params }) => load(sharedPage, { secret: params.secret ?? '' }),
      lazy: page(async () => (await import('./shares/SharedPage.tsx')).SharedPage),
    },
    {
      path: '/login',
      HydrateFallback: AppSkeleton,
      errorElement: <RouteErrorPage />,
      lazy: page(async () => (await import('./session/SignInPage.tsx')).SignInPage),
    },
    {
      id: 'shell',
      HydrateFallback: AppSkeleton,
      errorElement: <RouteErrorPage />,
      loader: () => load(shell, {}),
      // It is kept across pages, and reloaded only by a navigation to the current page.
      shouldRevalidate: ({ currentUrl, nextUrl }) => currentUrl.href === nextUrl.href,
      lazy: async () => ({ Component: (await import('./shell/Shell.tsx')).Shell }),
      children: [
        { index: true, ...newChat },
        { path: 'chat', ...newChat },
        {
          path: 'chat/:id',
          loader: ({ params }) => load(conversationPage, { id: params.id ?? '' }),
          lazy: page(async () => (await import('./conversations/ConversationPage.tsx')).ConversationPage),
        },
        {
          path: 'models',
          loader: () => load(modelsPage, {}),
          lazy: page(async () => (await import('./models/ModelsPage.tsx')).ModelsPage),
        },
        {
          path: 'presets',
          loader: () => load(presetsPage, {}),
          lazy: page(async () => (await import('./presets/PresetsPage.tsx')).PresetsPage),
        },
        {
          path: 'presets/:name',
          loader: ({ params }) => load(presetPage, { name: params.name ?? '' }),
          lazy: page(async () => (await import('./presets/PresetPage.tsx')).PresetPage),
        },
        {
          path: 'collections',
          loader: () => load(collectionsPage, {}),
          lazy: page(async () => (await import('./collections/CollectionsPage.tsx')).CollectionsPage),
        },
        {
          path: 'collections/:id',
          loader: ({ params }) => load(collectionPage, { id: params.id ?? '' }),
          lazy: page(async () => (await import('./collections/CollectionPage.tsx')).CollectionPage),
        },
        {
          path: 'healing',
          loader: ({ request }) => {
            const showsAll = new URL(request.url).searchParams.get('show') === 'all';
            return load(inboxPage, { status: showsAll ? null : 'NEEDS_PERSON' });
          },
          lazy: page(async () => (await import('./healing/InboxPage.tsx')).InboxPage),
        },
        {
          path: 'healing/:id',
          loader: ({ params }) => load(healingPage, { id: params.id ?? '' }),
          lazy: page(async () => (await import('./healing/HealingPage.tsx')).HealingPage),
        },
        {
          path: 'usage',
          loader: ({ request }) =>
            load(usagePage, variablesOf(rangeOf(new URL(request.url).searchParams), new Date())),
          lazy: page(async () => (await import('./usage/UsagePage.tsx')).UsagePage),
        },
        {
          path: 'llm-test',
          loader: () => load(llmTestPage, {}),
          lazy: page(async () => (await import('./completions/LlmTestPage.tsx')).LlmTestPage),
        },
        {
          path: 'settings',
          loader: () => load(settingsPage, {}),
          lazy: page(async () => (await import('./session/SettingsPage.tsx')).SettingsPage),
        },
        {
          path: 'import',
          lazy: page(async () => (await import('./import/ImportPage.tsx')).ImportPage),
        },
        {
          path: 'admin',
          loader: () => load(adminPage, {}),
          lazy: page(async () => (await import('./admin/AdminPage.tsx')).AdminPage),
          children: [
            { index: true, element: <Navigate to="/admin/users" replace /> },
            {
              path: 'users',
              loader: () => load(usersPage, {}),
              lazy: page(async () => (await import('./admin/UsersPage.tsx')).UsersPage),
            },
            {
              path: 'usage',
              loader: ({ request }) =>
                load(usageOfUsersPage, variablesOf(rangeOf(new URL(request.url).searchParams), new Date())),
              lazy: page(async () => (await import('./admin/usage/UsageOfUsersPage.tsx')).UsageOfUsersPage),
            },
            {
              path: 'keys',
              loader: () => load(keysPage, {}),
              lazy: page(async () => (await import('./apiKeys/KeysPage.tsx')).KeysPage),
            },
            {
              path: 'resources',
              loader: ({ request }) =>
                load(holdingsPage, { resource: chosenResource(new URL(request.url).searchParams) }),
              lazy: page(async () => (await import('./holdings/HoldingsPage.tsx')).HoldingsPage),
            },
            {
              path: 'limits',
              loader: () => load(limitHitsPage, {}),
              lazy: page(async () => (await import('./limitHits/LimitHitsPage.tsx')).LimitHitsPage),
            },
            {
              path: 'activity',
              loader: () => load(activityPage, {}),
              lazy: page(async () => (await import('./activity/ActivityPage.tsx')).ActivityPage),
            },
            {
              path: 'docker',
              loader: () => load(dockerRequestsPage, {}),
              lazy: page(async () => (await import('./docker/DockerRequestsPage.tsx')).DockerRequestsPage),
            },
            {
              path: 'holds',
              loader: () => load(legalHoldsPage, {}),
              lazy: page(async () => (await import('./holds/LegalHoldsPage.tsx')).LegalHoldsPage),
            },
            {
              path: 'audit',
              loader: () => load(auditLogPage, {}),
              lazy: page(async () => (await import('./audit/AuditLogPage.tsx')).AuditLogPage),
            },
          ],
        },
        { path: '*', element: <NotFoundPage /> },
      ],
    },
  ];
};

export const createRouter = (sessions: Sessions) =>
  createBrowserRouter(createRoutes(sessions), { basename: basePath || '/' });
