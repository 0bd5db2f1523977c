import { type AuditEvent, type IncidentUse, incidentUses, type IncidentVerdict, incidentVerdict } from '@behalf/domain';
import { IconShieldX } from '@tabler/icons-react';
import { exactTime } from '../../lib/format.js';
import { Note } from '../../ui/note.js';
import { Fact } from './audit-fact.js';
import { INCIDENT_TEXTS, isIncident } from './audit-text.js';

/** Something that was used twice: what happened, what it most likely means, and both uses side by side. */
export function Incident({ event }: { event: AuditEvent }) {
  const text = INCIDENT_TEXTS[event.action];
  const uses = incidentUses(event);
  const verdict = incidentVerdict(event);
  if (!text) return null;
  return (
    <>
      <Note tone={toneOf(event, verdict)} title={text.title} {...(isIncident(event) ? { icon: IconShieldX } : {})}>
        {text.text}
        {verdict && (
          <p className="b-verdict">
            <strong>{verdict.title}.</strong> {verdict.why} {verdict.advice}
          </p>
        )}
      </Note>
      {uses && (
        <div className="b-uses">
          {uses.map((use, place) => (
            <Use
              key={TITLES[place]}
              title={TITLES[place]!}
              use={use}
              answer={text.answers[place]!}
              location={use.ip_address && event.locations[use.ip_address]}
            />
          ))}
        </div>
      )}
    </>
  );
}

const TITLES = ['First use', 'Second use'];

interface UseProps {
  readonly title: string;
  readonly use: IncidentUse;
  readonly answer: string;
  readonly location: string | null | undefined;
}

function Use({ title, use: { at, ip_address, user_agent }, answer, location }: UseProps) {
  return (
    <section className="b-frame b-use" aria-label={title}>
      <h3>{title}</h3>
      <dl className="b-entry">
        <Fact title="Time">{at ? exactTime(new Date(at).toISOString()) : 'Not known'}</Fact>
        <Fact title="IP address">{ip_address ? [ip_address, location].filter(Boolean).join(', ') : 'Not known'}</Fact>
        <Fact title="User agent">{user_agent ?? 'Not named'}</Fact>
        <Fact title="Answer">{at ? answer : 'Not known'}</Fact>
      </dl>
    </section>
  );
}

/** Red where somebody may be in; what one's own program did is only to be mended. */
function toneOf(event: AuditEvent, verdict: IncidentVerdict | null): 'info' | 'warning' | 'danger' {
  if (verdict?.verdict === 'likely_theft' || verdict?.verdict === 'unclear' || !verdict) return 'danger';
  return isIncident(event) ? 'warning' : 'info';
}
