import { IconAlertCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { SettingsForm } from './use-settings.js';

/** At the left of a drawer's foot: how many fields are at fault, or what else there is to say. */
export function DrawerState({ form, children }: { form: SettingsForm; children?: ReactNode }) {
  const faults = Object.values(form.errors).filter(Boolean).length;
  return (
    <span className="b-drawer-state" data-error={faults > 0 || undefined} role="status">
      {faults > 0 ? (
        <span className="b-inline b-state-fault">
          <IconAlertCircle size={14} stroke={1.6} aria-hidden="true" />
          {faults === 1 ? '1 field needs attention' : `${faults} fields need attention`}
        </span>
      ) : (
        children
      )}
    </span>
  );
}
