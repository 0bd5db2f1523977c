import type { Client } from '@behalf/domain';
import { useState } from 'react';
import { Toggle } from '../../ui/light.js';
import { PauseDialog } from './pause-dialog.js';
import { useChangeStatus } from './use-change-status.js';

/** On and off: off asks and says what it ends, on asks nothing. */
export function StatusSwitch({ client, manage }: { client: Client; manage: boolean }) {
  const [asking, ask] = useState(false);
  const change = useChangeStatus(client);
  const enabled = client.status === 'enabled';
  return (
    <span className="b-status">
      <Toggle
        aria-label={`Status of ${client.client_name}`}
        checked={enabled}
        disabled={!manage}
        onChange={() => (enabled ? ask(true) : change.run({ status: 'enabled' }))}
      />
      <span aria-hidden="true">{enabled ? 'Enabled' : 'Disabled'}</span>
      {asking && <PauseDialog client={client} onClose={() => ask(false)} />}
    </span>
  );
}
