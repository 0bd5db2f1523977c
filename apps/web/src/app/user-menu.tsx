import type { SessionInfo } from '@behalf/domain';
import { ActionIcon, Menu, SegmentedControl, Tooltip, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { IconChevronDown, IconDeviceDesktop, IconLogout, IconMoon, IconSun, IconUserCircle } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { initials } from '../lib/format.js';
import { api, isProblem } from '../lib/http.js';
import { leaveTo } from '../lib/navigate.js';
import { useAction } from '../lib/use-action.js';
import { toastFailure } from '../ui/toast.js';

const SCHEMES = [
  { value: 'light', label: 'Light', icon: IconSun },
  { value: 'dark', label: 'Dark', icon: IconMoon },
  { value: 'auto', label: 'System', icon: IconDeviceDesktop },
] as const;

/** Light, dark, or as the system says. */
export function ColorSchemeSwitch({ labelled = false }: { labelled?: boolean }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  if (labelled) {
    return (
      <SegmentedControl
        aria-label="Colour scheme"
        fullWidth
        data={SCHEMES.map(({ value, label }) => ({ value, label }))}
        value={colorScheme}
        onChange={(value) => setColorScheme(value)}
      />
    );
  }
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
          <Menu.Item
            key={value}
            role="menuitemradio"
            aria-checked={value === colorScheme}
            leftSection={<Icon size={16} stroke={1.6} />}
            onClick={() => setColorScheme(value)}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Who is signed in, the way to the account, and out. */
export function UserMenu({ session: { user } }: { session: SessionInfo }) {
  const navigate = useNavigate();
  const signOut = useSignOut();
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <UnstyledButton className="b-user" aria-label={`User menu of ${user.name}`}>
          <span className="b-avatar" aria-hidden="true">
            {initials(user.name)}
          </span>
          <span className="b-wide-only">{user.name}</span>
          <IconChevronDown size={14} stroke={1.6} className="b-wide-only" />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className="b-user-card">
          <div>{user.name}</div>
          <div>{user.email}</div>
        </div>
        <Menu.Divider />
        <Menu.Item leftSection={<IconUserCircle size={16} stroke={1.6} />} onClick={() => void navigate({ to: '/account' })}>
          Your account
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} stroke={1.6} />} onClick={() => signOut.run()} disabled={signOut.pending}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** The page is loaded anew: nothing that the user saw stays in its memory. */
function useSignOut() {
  return useAction({
    mutationFn: () => api<void>('DELETE', '/session'),
    meta: { signs_in_itself: true },
    onSuccess: () => leaveTo('/login'),
    onError: (error) => (isProblem(error, 'not-signed-in') ? leaveTo('/login') : toastFailure('You are still signed in', error)),
  });
}
