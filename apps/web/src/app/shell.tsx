import type { SessionInfo } from '@behalf/domain';
import { ActionIcon, Burger, Drawer, Menu, Select, Tooltip, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconDeviceDesktop, IconLogout, IconMoon, IconSun, IconUserCircle } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { initials } from '../lib/format.js';
import { api } from '../lib/http.js';
import { sessionQuery } from '../lib/resources.js';
import { Mark } from '../ui/brand.js';
import { NAVIGATION, permissionFor } from './navigation.js';
import { MissingPermissionPage } from './pages.js';

/** Top bar, navigation, and the page; shown to whoever is signed in. */
export function Shell() {
  const { data: session } = useQuery(sessionQuery);
  const { pathname, href } = useLocation();
  const navigate = useNavigate();
  const [opened, menu] = useDisclosure(false);
  useEffect(() => menu.close(), [pathname]);
  useEffect(() => {
    if (session === null) void navigate({ to: '/login', search: { return_to: href } });
  }, [session, href, navigate]);
  if (!session) return null;
  const permission = permissionFor(pathname);
  const missing = permission !== null && !session.permissions.includes(permission);
  return (
    <div className="b-shell">
      <header className="b-topbar">
        <Burger opened={opened} onClick={menu.toggle} size="xs" aria-label="Navigation" className="b-narrow-only" />
        <Link to="/" className="b-product">
          <Mark />
          Behalf
        </Link>
        <OrganizationSwitch session={session} />
        <span className="b-spacer" />
        <ColorSchemeSwitch />
        <UserMenu session={session} />
      </header>
      <nav className="b-navigation" aria-label="Main">
        <Entries session={session} />
      </nav>
      <Drawer opened={opened} onClose={menu.close} size={260} title="Navigation" padding="sm">
        <nav aria-label="Main" className="b-navigation-narrow">
          <Entries session={session} />
        </nav>
      </Drawer>
      {missing ? (
        <MissingPermissionPage permission={permission} support_url={session.support_url} />
      ) : (
        <main className="b-content" id="content">
          <Outlet />
        </main>
      )}
    </div>
  );
}

function Entries({ session }: { session: SessionInfo }) {
  return NAVIGATION.map(({ title, entries }) => {
    const visible = entries.filter(({ permission }) => permission === null || session.permissions.includes(permission));
    if (!visible.length) return null;
    return (
      <section key={title}>
        <h2>{title}</h2>
        <ul>
          {visible.map(({ label, to, icon: Icon }) => (
            <li key={to}>
              <Link to={to} activeProps={{ 'aria-current': 'page' }}>
                <Icon size={16} stroke={1.6} aria-hidden="true" />
                {label}
              </Link>
            </li>
          ))}
        </ul>
      </section>
    );
  });
}

function OrganizationSwitch({ session }: { session: SessionInfo }) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const change = useMutation({
    mutationFn: (organization_id: string) => api<SessionInfo>('PUT', '/session/organization', { organization_id }),
    onSuccess: async (changed) => {
      // What was loaded belongs to the other organization.
      queryClient.clear();
      queryClient.setQueryData(sessionQuery.queryKey, changed);
      await navigate({ to: '/' });
    },
  });
  return (
    <span className="b-inline b-wide-only">
      <span className="b-slash" aria-hidden="true">
        /
      </span>
      {session.organizations.length > 1 ? (
        <Select
          aria-label="Organization"
          data={session.organizations.map(({ id, name }) => ({ value: id, label: name }))}
          value={session.organization.id}
          onChange={(id) => id && id !== session.organization.id && change.mutate(id)}
          disabled={change.isPending}
          allowDeselect={false}
          variant="unstyled"
          size="sm"
          w={170}
          comboboxProps={{ width: 220, position: 'bottom-start' }}
          styles={{ input: { fontWeight: 500, fontSize: 13, paddingLeft: 8 } }}
        />
      ) : (
        <span style={{ fontSize: 13, fontWeight: 500, paddingLeft: 8 }}>{session.organization.name}</span>
      )}
    </span>
  );
}

const SCHEMES = [
  { value: 'light', label: 'Light', icon: IconSun },
  { value: 'dark', label: 'Dark', icon: IconMoon },
  { value: 'auto', label: 'System', icon: IconDeviceDesktop },
] as const;

function ColorSchemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const Current = SCHEMES.find(({ value }) => value === colorScheme)?.icon ?? IconDeviceDesktop;
  return (
    <Menu position="bottom-end" width={150}>
      <Menu.Target>
        <Tooltip label="Colour scheme">
          <ActionIcon aria-label="Colour scheme">
            <Current size={16} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {SCHEMES.map(({ value, label, icon: Icon }) => (
          <Menu.Item key={value} leftSection={<Icon size={16} stroke={1.6} />} onClick={() => setColorScheme(value)} aria-current={value === colorScheme}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function UserMenu({ session }: { session: SessionInfo }) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const signOut = useMutation({
    mutationFn: () => api<void>('DELETE', '/session'),
    onSettled: async () => {
      queryClient.clear();
      queryClient.setQueryData(sessionQuery.queryKey, null);
      await navigate({ to: '/login' });
    },
  });
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <UnstyledButton className="b-inline" aria-label={`User menu of ${session.user.name}`} style={{ gap: 8, fontSize: 13, fontWeight: 500 }}>
          <span className="b-avatar" aria-hidden="true">
            {initials(session.user.name)}
          </span>
          <span className="b-wide-only">{session.user.name}</span>
          <IconChevronDown size={14} stroke={1.6} className="b-wide-only" />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div style={{ padding: '8px 12px' }}>
          <div style={{ fontWeight: 500 }}>{session.user.name}</div>
          <div className="b-faint" style={{ fontSize: 13, overflowWrap: 'anywhere' }}>
            {session.user.email}
          </div>
        </div>
        <Menu.Divider />
        <Menu.Item leftSection={<IconUserCircle size={16} stroke={1.6} />} onClick={() => void navigate({ to: '/account' })}>
          Your account
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} stroke={1.6} />} onClick={() => signOut.mutate()} disabled={signOut.isPending}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
