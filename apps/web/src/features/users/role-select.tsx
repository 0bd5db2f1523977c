import { exceedsPermissions, permissionsText, ROLES, type Role } from '@behalf/domain';
import type { SelectProps } from '@mantine/core';
import { useSession } from '../../lib/use-session.js';
import { Select } from '../../ui/select.js';

interface Props extends Omit<SelectProps, 'data' | 'value' | 'onChange'> {
  readonly value: Role;
  readonly onChange: (role: Role) => void;
}

/** A role, and what it holds; those above one's own are shown, but cannot be given. */
export function RoleSelect({ value, onChange, ...props }: Props) {
  const { permissions } = useSession();
  const held = new Set(permissions);
  const data = (Object.keys(ROLES) as Role[]).map((role) => ({
    value: role,
    label: ROLES[role].name,
    disabled: exceedsPermissions(role, held),
  }));
  return (
    <Select
      {...props}
      allowDeselect={false}
      data={data}
      value={value}
      onChange={(role) => role && onChange(role as Role)}
      comboboxProps={{ width: 300, position: 'bottom-end' }}
      renderOption={({ option }) => <RoleOption role={option.value as Role} />}
    />
  );
}

function RoleOption({ role }: { role: Role }) {
  return (
    <span className="b-role-option">
      {ROLES[role].name}
      <span>{permissionsText(ROLES[role].permissions).join(' · ')}</span>
    </span>
  );
}
