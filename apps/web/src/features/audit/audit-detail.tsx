import { type AuditEvent, incidentUses, RISK_TEXTS, type RiskCode } from '@behalf/domain';
import { IconPencil } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { exactTime } from '../../lib/format.js';
import { Fact } from './audit-fact.js';
import { Incident } from './audit-incident.js';
import { actionText, channelText, fieldText } from './audit-text.js';
import { changeText, inOrder } from './audit-values.js';

interface Props {
  readonly event: AuditEvent;
  readonly team: string | null;
  /** Of the teams that this user can see. */
  readonly teamNames: ReadonlyMap<string, string>;
}

/** Every field of an entry; a change with what was before, an incident with both uses side by side. */
export function AuditDetail({ event, team, teamNames }: Props) {
  const { confirmed_risks, ...changes } = event.changes ?? {};
  const changed = !incidentUses(event) && Object.keys(changes).length > 0;
  return (
    <div className="b-audit-detail">
      <Incident event={event} />
      {changed && <Changes changes={changes} teamNames={teamNames} />}
      <Entry event={event} team={team} confirmed={risksOf(confirmed_risks?.[1])} />
    </div>
  );
}

type EventChanges = NonNullable<AuditEvent['changes']>;

function Changes({ changes, teamNames }: { changes: EventChanges; teamNames: Props['teamNames'] }) {
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
            {inOrder(changes).map(([field, change]) => (
              <Change key={field} field={field} change={change} teamNames={teamNames} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Change({ field, change, teamNames }: { field: string; change: EventChanges[string]; teamNames: Props['teamNames'] }) {
  const text = changeText(field, change, teamNames);
  return (
    <tr>
      <th scope="row">{fieldText(field)}</th>
      <td>{text.before}</td>
      <td className="b-strong">
        {field === 'access_preset' && change[1] === 'full_access' && <IconPencil size={14} stroke={1.6} aria-hidden="true" />}
        {text.after}
        {text.kind === 'list' && <Items word="added" items={text.added} />}
        {text.kind === 'list' && <Items word="removed" items={text.removed} />}
      </td>
    </tr>
  );
}

/** ', added https://app.example/callback' */
function Items({ word, items }: { word: string; items: readonly string[] }) {
  if (!items.length) return null;
  return (
    <>
      , {word}{' '}
      {items.map((item, index) => (
        <span key={item}>
          {index > 0 && ', '}
          <span className="b-mono">{item}</span>
        </span>
      ))}
    </>
  );
}

function Entry({ event, team, confirmed }: Pick<Props, 'event' | 'team'> & { confirmed: string | null }) {
  const { user, reason, ip_address } = event;
  return (
    <section>
      <h3>Entry</h3>
      <dl className="b-entry">
        <Fact title="Time">{exactTime(event.at)}</Fact>
        <Fact title="User">{user ? [user.name, user.email].filter(Boolean).join(', ') : 'System'}</Fact>
        <Fact title="Action">{actionText(event.action)}</Fact>
        <Fact title="Target">{event.target_name}</Fact>
        <Fact title="Target ID" mono>
          {event.target_id && <EntriesOf filter={{ target_id: event.target_id }} id={event.target_id} />}
        </Fact>
        <Fact title="Team">{team}</Fact>
        <Fact title="Channel">{channelText(event)}</Fact>
        <Fact title="OAuth Client ID" mono>
          {event.client_id}
        </Fact>
        <Fact title="Token ID" mono>
          {event.token_id && <EntriesOf filter={{ token_id: event.token_id }} id={event.token_id} />}
        </Fact>
        <Fact title="Confirmed">{confirmed}</Fact>
        <Fact title="IP address">{ip_address && [ip_address, event.locations[ip_address]].filter(Boolean).join(', ')}</Fact>
        <Fact title="User agent">{event.user_agent}</Fact>
        <Fact title="Result">{fieldText(event.result)}</Fact>
        <Fact title="Reason">{reason && fieldText(reason.replaceAll('-', '_'))}</Fact>
        <Fact title="Count">{event.count > 1 && String(event.count)}</Fact>
        <Fact title="Request ID" mono>
          {event.request_id}
        </Fact>
        <Fact title="Entry ID" mono>
          {event.id}
        </Fact>
      </dl>
    </section>
  );
}

/** Leads to everything that the log holds on one thing. */
function EntriesOf({ filter, id }: { filter: { target_id?: string; token_id?: string }; id: string }) {
  return (
    <Link to="/security/audit-log" search={{ ...filter, range: 'all' }} title="Show all entries of this ID">
      {id}
    </Link>
  );
}

/** What an administrator had to confirm, in the words of the dialog. */
function risksOf(codes: unknown): string | null {
  if (!Array.isArray(codes) || !codes.length) return null;
  return codes.map((code: RiskCode) => RISK_TEXTS[code]?.title ?? code).join(', ');
}
