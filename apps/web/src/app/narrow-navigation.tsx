import type { SessionInfo } from '@behalf/domain';
import { ActionIcon, Drawer } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconMenu2 } from '@tabler/icons-react';
import { useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';
import { NavigationEntries } from './navigation-entries.js';
import { OrganizationSwitch } from './organization-switch.js';
import { ColorSchemeSwitch } from './user-menu.js';

/** On a phone: navigation, organization and colour scheme behind one button. */
export function NarrowNavigation({ session }: { session: SessionInfo }) {
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
          <NavigationEntries session={session} />
        </nav>
        <div className="b-narrow-settings">
          <OrganizationSwitch session={session} labelled />
          <ColorSchemeSwitch labelled />
        </div>
      </Drawer>
    </span>
  );
}
