import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import { queryClient } from '../lib/query-client.js';
import { sessionQuery } from '../lib/resources.js';
import { visibleEntries } from './navigation.js';
import { BrokenPage, NotFoundPage } from './pages.js';
import { Shell } from './shell.js';

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const oneOf = <const T extends string>(value: unknown, ...known: T[]): T | undefined => known.find((each) => each === value);

const rootRoute = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage, errorComponent: BrokenPage });

const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/login',
  validateSearch: (search): { request_id?: string; return_to?: string } => ({
    ...(text(search['request_id']) ? { request_id: text(search['request_id']) } : {}),
    ...(text(search['return_to']) ? { return_to: text(search['return_to']) } : {}),
  }),
  component: lazyRouteComponent(() => import('../features/consent/login-page.js'), 'LoginPage'),
});

const consentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/consent',
  validateSearch: (search): { request_id?: string } => (text(search['request_id']) ? { request_id: text(search['request_id']) } : {}),
  component: lazyRouteComponent(() => import('../features/consent/consent-page.js'), 'ConsentPage'),
});

const inviteRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/invite',
  component: lazyRouteComponent(() => import('../features/account/invite-page.js'), 'InvitePage'),
});

/** Everything behind the sign-in; the path is kept and come back to. */
const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  beforeLoad: async ({ location }) => {
    const session = await queryClient.ensureQueryData(sessionQuery);
    if (!session) throw redirect({ to: '/login', search: location.href === '/' ? {} : { return_to: location.href } });
    return { session };
  },
  component: Shell,
});

const indexRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/',
  beforeLoad: ({ context }) => {
    throw redirect({ to: visibleEntries(context.session.permissions)[0]!.to, replace: true });
  },
});

export interface ClientsSearch {
  search?: string;
  team_selection?: 'single' | 'multiple';
  access_preset?: 'read_only' | 'full_access';
  sort?: string;
}

const clientsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings/oauth-clients',
  validateSearch: (search): ClientsSearch => {
    const found = {
      search: text(search['search']),
      team_selection: oneOf(search['team_selection'], 'single', 'multiple'),
      access_preset: oneOf(search['access_preset'], 'read_only', 'full_access'),
      sort: text(search['sort']),
    };
    return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
  },
  component: lazyRouteComponent(() => import('../features/clients/clients-page.js'), 'ClientsPage'),
});

const newClientRoute = createRoute({
  getParentRoute: () => clientsRoute,
  path: 'new',
  component: lazyRouteComponent(() => import('../features/clients/create-drawer.js'), 'CreateDrawer'),
});

const usersRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings/users',
  component: lazyRouteComponent(() => import('../features/users/users-page.js'), 'UsersPage'),
});

const activeSessionsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/security/active-sessions',
  validateSearch: (search): { tab?: 'ui-sessions'; show?: 'organization' } => ({
    ...(search['tab'] === 'ui-sessions' ? { tab: 'ui-sessions' as const } : {}),
    ...(search['show'] === 'organization' ? { show: 'organization' as const } : {}),
  }),
  component: lazyRouteComponent(() => import('../features/sessions/active-sessions-page.js'), 'ActiveSessionsPage'),
});

const auditRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/security/audit-log',
  component: lazyRouteComponent(() => import('../features/audit/audit-page.js'), 'AuditPage'),
});

const accountRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/account',
  component: lazyRouteComponent(() => import('../features/account/account-page.js'), 'AccountPage'),
});

const routeTree = rootRoute.addChildren([
  loginRoute,
  consentRoute,
  inviteRoute,
  shellRoute.addChildren([
    indexRoute,
    clientsRoute.addChildren([newClientRoute]),
    usersRoute,
    activeSessionsRoute,
    auditRoute,
    accountRoute,
  ]),
]);

export const router = createRouter({ routeTree, defaultPreload: 'intent', scrollRestoration: true });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
