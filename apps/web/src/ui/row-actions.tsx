import { ActionIcon, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useTouch } from '../lib/use-touch.js';
import { IconButton } from './light.js';
import { Tip } from './tip.js';
import './row-actions.css';

export interface RowAction {
  /** Names the row, too: 'Delete backend-service'. */
  readonly label: string;
  /** What stands in the menu. */
  readonly short: string;
  readonly icon: typeof IconDots;
  /** Destroys: red on hover and focus. */
  readonly danger?: boolean;
  readonly onClick: () => void;
}

interface Props {
  readonly name: string;
  /** Null keeps an action's place empty, so that the others stay in line. */
  readonly actions: readonly (RowAction | null)[];
  /** As on a touch screen, where nothing can be hovered. */
  readonly menu?: boolean;
}

/** A row's actions: at rest three dots, named buttons on hover and focus, a menu on touch. */
export function RowActions({ name, actions, menu = false }: Props) {
  const touch = useTouch();
  const given = actions.filter((action) => action !== null);
  if (!given.length) return null;
  if (menu || touch) return <ActionMenu name={name} actions={given} />;
  return (
    <span className="b-row-actions">
      <IconDots size={16} stroke={1.6} className="b-at-rest" aria-hidden="true" />
      <span className="b-at-hand">
        {actions.map((action, place) =>
          action ? (
            <Tip key={action.label} label={action.short}>
              <IconButton size={26} aria-label={action.label} onClick={action.onClick} data-danger={action.danger || undefined}>
                <action.icon size={16} stroke={1.6} />
              </IconButton>
            </Tip>
          ) : (
            // eslint-disable-next-line react/no-array-index-key -- An empty place has nothing but its place.
            <span key={place} className="b-no-action" />
          ),
        )}
      </span>
    </span>
  );
}

function ActionMenu({ name, actions }: { name: string; actions: readonly RowAction[] }) {
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <ActionIcon aria-label={`Actions of ${name}`}>
          <IconDots size={16} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {actions.map(({ label, short, icon: Icon, danger, onClick }) => (
          <Menu.Item
            key={label}
            aria-label={label}
            leftSection={<Icon size={16} stroke={1.6} />}
            color={danger ? 'red' : undefined}
            onClick={onClick}
          >
            {short}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
