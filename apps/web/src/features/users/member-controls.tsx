import type { Role } from '@behalf/domain';
import { ActionIcon, Button } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { RoleSelect } from './role-select.js';

interface ControlsProps {
  readonly role: Role;
  readonly roleLabel: string;
  readonly removeLabel: string;
  /** Null is the way out of the team. */
  readonly onChange: (after: Role | null) => void;
}

/** Somebody's role in a team, and the way out of it. */
export function MemberControls({ role, roleLabel, removeLabel, onChange }: ControlsProps) {
  return (
    <>
      <RoleSelect aria-label={roleLabel} className="b-people-role" value={role} onChange={(after) => after !== role && onChange(after)} />
      <ActionIcon size={28} aria-label={removeLabel} className="b-people-remove" onClick={() => onChange(null)}>
        <IconX size={16} stroke={1.6} />
      </ActionIcon>
    </>
  );
}

interface AddProps {
  readonly role: Role;
  readonly roleLabel: string;
  readonly onRole: (role: Role) => void;
  /** Missing until somebody, or a team, is chosen. */
  readonly onAdd: (() => void) | undefined;
}

/** The role to start with, and the button that asks; stands behind what is added. */
export function AddControls({ role, roleLabel, onRole, onAdd }: AddProps) {
  return (
    <>
      <RoleSelect aria-label={roleLabel} className="b-people-role" value={role} onChange={onRole} />
      <Button variant="default" leftSection={<IconPlus size={15} stroke={1.6} />} disabled={!onAdd} onClick={onAdd}>
        Add
      </Button>
    </>
  );
}
