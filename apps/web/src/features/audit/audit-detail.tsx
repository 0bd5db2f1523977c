import type { AuditEvent } from '@behalf/domain';
import { formatLifetime, RISK_TEXTS, type RiskCode } from '@behalf/domain';
import { IconShieldX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { exactTime } from '../../lib/format.js';
import { Note } from '../../ui/note.js';
import { actionText, channelText, fieldText, INCIDENT_TEXTS } from './audit-text.js';

interface Props {
  readonly event: AuditEvent;
  readonly team: string | null;
}

/** Every field of an entry; a change with what was before, an incident with both uses side by side. */
export function AuditDetail({ event, team }: Props) {
  const incident = INCIDENT_TEXTS[event.action];
  return (
    <div className="b-audit-detail">
      {incident && (
        <Note tone="danger" title={incident.title} icon={IconShieldX}>
          {incident.text}
        </Note>
      )}
      {event.changes && (incident ? <Uses changes={event.changes} /> : <Changes changes={event.changes} />)}
      <Entry event={event} team={team} />
    </div>
  );
}

type EventChanges = NonNullable<AuditEvent['changes']>;

function Changes({ changes }: { changes: EventChanges }) {
  return (
    <section>
      <h3>What changed</h3>
      <div className="b-frame b-changes">
        <table>
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(changes).map(([field, [before, after]]) => (
              <tr key={field}>
                <th scope="row">{fieldText(field)}</th>
                <td>{valueText(field, before)}</td>
                <td className="b-strong">{valueText(field, after)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Uses({ changes }: { changes: EventChanges }) {
  return (
    <div className="b-uses">
      {['First use', 'Second use'].map((title, place) => (
        <section key={title} className="b-frame b-use">
          <h3>{title}</h3>
          <dl className="b-entry">
            {Object.entries(changes).map(([field, uses]) => (
              <Fact key={field} title={field === 'at' ? 'Time' : fieldText(field)}>
                {valueText(field, uses[place])}
              </Fact>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}

function Entry({ event, team }: Props) {
  const { user, client_id, token_id, reason } = event;
  return (
    <section>
      <h3>Entry</h3>
      <dl className="b-entry">
        <Fact title="Time">{exactTime(event.at)}</Fact>
        <Fact title="User">{user ? `${user.name}, ${user.email}` : 'System'}</Fact>
        <Fact title="Action">{actionText(event.action)}</Fact>
        <Fact title="Target">{event.target_name}</Fact>
        <Fact title="Target ID" mono>
          {event.target_id}
        </Fact>
        <Fact title="Team">{team}</Fact>
        <Fact title="Channel">{channelText(event)}</Fact>
        <Fact title="OAuth Client ID" mono>
          {client_id}
        </Fact>
        <Fact title="Token ID" mono>
          {token_id}
        </Fact>
        <Fact title="IP address" mono>
          {event.ip_address}
        </Fact>
        <Fact title="User agent">{event.user_agent}</Fact>
        <Fact title="Result">{fieldText(event.result)}</Fact>
        <Fact title="Reason">{reason && fieldText(reason.replaceAll('-', '_'))}</Fact>
        <Fact title="Count">{event.count > 1 && String(event.count)}</Fact>
      </dl>
    </section>
  );
}

/** A field that an entry does not have is left out. */
function Fact({ title, mono = false, children }: { title: string; mono?: boolean; children: ReactNode }) {
  if (!children) return null;
  return (
    <div>
      <dt>{title}</dt>
      <dd className={mono ? 'b-mono' : undefined}>{children}</dd>
    </div>
  );
}

/** Fields whose values are words of ours. */
const CHOICES = ['team_selection', 'access_preset', 'client_type', 'app_type', 'status', 'role'];
const INSTANT = /^\d{4}-\d\d-\d\dT/;

function valueText(field: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return '—';
  if (typeof value === 'number' && field.endsWith('_lifetime_seconds')) return formatLifetime(value);
  if (typeof value === 'boolean') return value ? 'On' : 'Off';
  if (typeof value === 'string' && INSTANT.test(value)) return exactTime(new Date(value).toISOString());
  if (typeof value === 'string') return CHOICES.includes(field) ? fieldText(value) : value;
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) {
    const words = field === 'confirmed_risks' ? value.map((code) => RISK_TEXTS[code as RiskCode]?.title ?? code) : value;
    return words.join('\n') || 'None';
  }
  return JSON.stringify(value);
}
