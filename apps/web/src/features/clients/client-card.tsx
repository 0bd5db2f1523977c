import type { Client } from '@behalf/domain';
import { Checkbox } from '@mantine/core';
import { IconClock } from '@tabler/icons-react';
import { shortDateTime } from '../../lib/format.js';
import { Time } from '../../ui/time.js';
import { ClientActions } from './client-actions.js';
import { ClientLink, RiskMark, ScopeCell, TeamsCell, TypeMark } from './client-cells.js';
import type { RowTools } from './clients-table.js';
import { StatusSwitch } from './status-switch.js';

/** A client on a narrow screen. */
export function ClientCard({ client, selected, manage, change, onDialog }: RowTools & { client: Client; selected: boolean }) {
  const { last_used_at, previous_secret } = client;
  return (
    <>
      <div className="b-card-head">
        {manage && (
          <Checkbox
            aria-label={`Select ${client.client_name}`}
            checked={selected}
            onChange={(event) => change([client], event.currentTarget.checked)}
          />
        )}
        <div className="b-card-title">
          <ClientLink client={client} />
        </div>
        <StatusSwitch client={client} manage={manage} />
        {manage && <ClientActions client={client} onDialog={onDialog} menu />}
      </div>
      <div className="b-card-line">
        <TypeMark client={client} />
        <ScopeCell client={client} />
        <RiskMark client={client} />
      </div>
      <div className="b-card-line b-dotted">
        <TeamsCell client={client} />
        <span>
          {last_used_at === null ? 'Never used' : 'Used '}
          {last_used_at !== null && <Time at={last_used_at} />}
        </span>
      </div>
      {previous_secret && <PreviousSecretLine expires_at={previous_secret.expires_at} />}
    </>
  );
}

function PreviousSecretLine({ expires_at }: { expires_at: string }) {
  return (
    <div className="b-card-line b-amber">
      <span className="b-inline">
        <IconClock size={14} stroke={1.6} aria-hidden="true" />
        Previous secret works until {shortDateTime(expires_at)}
      </span>
    </div>
  );
}
