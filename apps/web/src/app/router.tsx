import { DEVICE_PAGE } from '@behalf/domain';
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import { isProblem, query } from '../lib/http.js';
import { safeReturnPath } from '../lib/navigate.js';
import { queryClient } from '../lib/query-client.js';
import { sessionQuery } from '../lib/resources.js';
import { firstPath } from './navigation.js';
import { BrokenPage, NotFoundPage } from './pages.js';
import {
  auditSearch,
  clientSearch,
  clientsSearch,
  deviceSearch,
  effectiveAccessSearch,
  loginSearch,
  requestSearch,
  sessionsSearch,
  usersSearch,
} from './search.js';

const rootRoute = createRootRoute({ component: Outlet });

const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/login',
  validateSearch: loginSearch,
  beforeLoad: async ({ search }) => {
    // An application may ask for a new sign-in; the console itself does not.
    if (search.request_id === undefined && (await session())) throw redirect({ href: safeReturnPath(search.return_to) ?? '/' });
  },
  component: lazyRouteComponent(() => import('../features/consent/login-page.js'), 'LoginPage'),
});

const consentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/consent',
  validateSearch: requestSearch,
  component: lazyRouteComponent(() => import('../features/consent/consent-page.js'), 'ConsentPage'),
});

/** A user who is not signed in comes back to the code. */
const deviceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: DEVICE_PAGE,
  validateSearch: deviceSearch,
  beforeLoad: async ({ location, search }) => {
    if (search.outcome === undefined && !(await session())) throw redirect({ to: '/login', search: { return_to: location.href } });
  },
  component: lazyRouteComponent(() => import('../features/consent/device-page.js'), 'DevicePage'),
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
    const info = await session();
    if (!info) throw redirect({ to: '/login', search: location.href === '/' ? {} : { return_to: location.href } });
    return { session: info };
  },
  component: lazyRouteComponent(() => import('./shell.js'), 'Shell'),
});

const indexRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/',
  beforeLoad: ({ context }) => {
    // Another organization may have been chosen since the session was first read.
    const { permissions } = queryClient.getQueryData(sessionQuery.queryKey) ?? context.session;
    throw redirect({ href: firstPath(permissions), replace: true });
  },
});

const clientsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings/oauth-clients',
  validateSearch: clientsSearch,
  component: lazyRouteComponent(() => import('../features/clients/clients-page.js'), 'ClientsPage'),
});

const newClientRoute = createRoute({
  getParentRoute: () => clientsRoute,
  path: 'new',
  component: lazyRouteComponent(() => import('../features/clients/create-drawer.js'), 'CreateDrawer'),
});

const clientRoute = createRoute({
  getParentRoute: () => clientsRoute,
  path: '$client_id',
  validateSearch: clientSearch,
  component: lazyRouteComponent(() => import('../features/clients/edit-drawer.js'), 'EditDrawer'),
});

const usersRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings/users',
  validateSearch: usersSearch,
  component: lazyRouteComponent(() => import('../features/users/users-page.js'), 'UsersPage'),
});

const inviteUserRoute = createRoute({
  getParentRoute: () => usersRoute,
  path: 'invite',
  component: lazyRouteComponent(() => import('../features/users/invite-drawer.js'), 'InviteDrawer'),
});

const userRoute = createRoute({
  getParentRoute: () => usersRoute,
  path: '$user_id',
  component: lazyRouteComponent(() => import('../features/users/user-drawer.js'), 'UserDrawer'),
});

const teamRoute = createRoute({
  getParentRoute: () => usersRoute,
  path: 'teams/$team_id',
  component: lazyRouteComponent(() => import('../features/users/team-drawer.js'), 'TeamDrawer'),
});

const activeSessionsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/security/active-sessions',
  validateSearch: sessionsSearch,
  component: lazyRouteComponent(() => import('../features/sessions/active-sessions-page.js'), 'ActiveSessionsPage'),
});

const auditRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/security/audit-log',
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import('../features/audit/audit-page.js'), 'AuditPage'),
});

const effectiveAccessRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/security/effective-access',
  validateSearch: effectiveAccessSearch,
  component: lazyRouteComponent(() => import('../features/sessions/effective-access-page.js'), 'EffectiveAccessPage'),
});

const accountRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/account',
  component: lazyRouteComponent(() => import('./account-page.js'), 'AccountPage'),
});

const routeTree = rootRoute.addChildren([
  loginRoute,
  consentRoute,
  deviceRoute,
  inviteRoute,
  shellRoute.addChildren([
    indexRoute,
    clientsRoute.addChildren([newClientRoute, clientRoute]),
    usersRoute.addChildren([inviteUserRoute, userRoute, teamRoute]),
    activeSessionsRoute,
    auditRoute,
    effectiveAccessRoute,
    accountRoute,
  ]),
]);

export const router = createRouter({
  routeTree,
  // Everything in an address is text: a search for 123 stays one. What no page knows is dropped.
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => query(search as Record<string, string | undefined>),
  search: { strict: true },
  defaultPreload: 'intent',
  defaultNotFoundComponent: NotFoundPage,
  defaultErrorComponent: BrokenPage,
  defaultPendingMs: 300,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

/** Who is signed in, or null. */
async function session() {
  try {
    return await queryClient.query({ ...sessionQuery, staleTime: 'static' });
  } catch (error) {
    if (isProblem(error, 'not-signed-in')) return null;
    throw error;
  }
}
