import type { SessionInfo } from '@behalf/domain';
import { ActionIcon, Drawer } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconMenu2 } from '@tabler/icons-react';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useSession } from '../lib/use-session.js';
import { Mark } from '../ui/brand.js';
import { missingPermission, visibleNavigation } from './navigation.js';
import { OrganizationSwitch } from './organization-switch.js';
import { MissingPermissionPage } from './pages.js';
import { SessionGuard } from './session-guard.js';
import { ColorSchemeSwitch, UserMenu } from './user-menu.js';
import './shell.css';

/** Top bar, navigation, and the page; shown to whoever is signed in. */
export function Shell() {
  const session = useSession();
  return (
    <div className="b-shell">
      <a href="#content" className="b-skip">
        Skip to the content
      </a>
      <header className="b-topbar">
        <NarrowNavigation session={session} />
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
        <Entries session={session} />
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

function Entries({ session }: { session: SessionInfo }) {
  return visibleNavigation(session.permissions).map(({ title, entries }) => (
    <section key={title}>
      <h2>{title}</h2>
      <ul>
        {entries.map(({ label, to, icon: Icon }) => (
          <li key={to}>
            <Link to={to} activeProps={{ 'aria-current': 'page' }}>
              <Icon size={16} stroke={1.6} aria-hidden="true" />
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  ));
}

/** On a phone: navigation, organization and colour scheme behind one button. */
function NarrowNavigation({ session }: { session: SessionInfo }) {
  const [opened, drawer] = useDisclosure(false);
  const { pathname } = useLocation();
  // eslint-disable-next-line react-hooks/exhaustive-deps -- Only another address closes it.
  useEffect(() => drawer.close(), [pathname]);
  return (
    <span className="b-narrow-only">
      <ActionIcon size={32} onClick={drawer.open} aria-label="Navigation" aria-expanded={opened}>
        <IconMenu2 size={18} stroke={1.6} />
      </ActionIcon>
      <Drawer
        opened={opened}
        onClose={drawer.close}
        size={280}
        title="Navigation"
        padding="md"
        classNames={{ body: 'b-narrow-navigation' }}
      >
        <nav className="b-navigation" aria-label="Main">
          <Entries session={session} />
        </nav>
        <div className="b-narrow-settings">
          <OrganizationSwitch session={session} labelled />
          <ColorSchemeSwitch labelled />
        </div>
      </Drawer>
    </span>
  );
}
