import type { SessionInfo } from '@behalf/domain';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useNarrow } from '../lib/use-narrow.js';
import { useSession } from '../lib/use-session.js';
import { Mark } from '../ui/brand.js';
import { missingPermission } from './navigation.js';
import { NavigationEntries } from './navigation-entries.js';
import { OrganizationSwitch } from './organization-switch.js';
import { MissingPermissionPage } from './pages.js';
import { SessionGuard } from './session-guard.js';
import { ColorSchemeSwitch, UserMenu } from './user-menu.js';
import './shell.css';

const NarrowNavigation = lazy(async () => ({ default: (await import('./narrow-navigation.js')).NarrowNavigation }));

/** Top bar, navigation, and the page; shown to whoever is signed in. */
export function Shell() {
  const session = useSession();
  const narrow = useNarrow();
  return (
    <div className="b-shell">
      <a href="#content" className="b-skip">
        Skip to the content
      </a>
      <header className="b-topbar">
        {narrow && (
          <Suspense fallback={<span className="b-menu-place" />}>
            <NarrowNavigation session={session} />
          </Suspense>
        )}
        <Link to="/" className="b-product">
          <Mark />
          Behalf
        </Link>
        <span className="b-slash b-wide-only" aria-hidden="true" />
        <span className="b-wide-only">
          <OrganizationSwitch session={session} />
        </span>
        <span className="b-spacer" />
        <span className="b-wide-only">
          <ColorSchemeSwitch />
        </span>
        <UserMenu session={session} />
      </header>
      <nav className="b-navigation b-wide-only" aria-label="Main">
        <NavigationEntries session={session} />
      </nav>
      <main className="b-content" id="content" tabIndex={-1} key={session.organization.id}>
        <Page session={session} />
      </main>
      <SessionGuard session={session} />
    </div>
  );
}

function Page({ session }: { session: SessionInfo }) {
  const { pathname } = useLocation();
  const permission = missingPermission(pathname, session.permissions);
  if (permission) return <MissingPermissionPage permission={permission} support_url={session.support_url} />;
  return <Outlet />;
}
