import { type EffectiveAccess, ROLES } from '@behalf/domain';
import { Skeleton } from '@mantine/core';
import { IconApps, IconRosetteDiscountCheck, IconUser } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { scopeText, teamsText } from '../../lib/access-text.js';
import { plural } from '../../lib/format.js';

/** What each of the three sides says by itself. */
export function SideCards({ access }: { access: EffectiveAccess | undefined }) {
  return (
    <div className="b-sides">
      <Side icon={IconRosetteDiscountCheck} title="Consent" lines={access && consentLines(access)} />
      <Side icon={IconApps} title="Client" lines={access && clientLines(access)} />
      <Side icon={IconUser} title="User" lines={access && userLines(access)} />
    </div>
  );
}

interface Line {
  readonly name: string;
  readonly value: ReactNode;
  /** It takes something away. */
  readonly warns?: boolean;
}

function consentLines({ basis, live_tokens, consented_scope, teams }: EffectiveAccess): Line[] {
  if (basis === 'none') return [{ name: 'Rests on', value: 'Nothing: no approval stands', warns: true }];
  return [
    { name: 'Rests on', value: basis === 'tokens' ? plural(live_tokens, 'live token', 'live tokens') : 'The remembered approval' },
    { name: 'Permissions', value: scopeText(consented_scope), warns: scopeText(consented_scope) !== 'Full access' },
    {
      name: 'Teams',
      value: teamsText(
        teams.filter(({ consent }) => consent),
        'None of these',
      ),
    },
  ];
}

function clientLines({ client: { status, access_preset, restricted } }: EffectiveAccess): Line[] {
  const paused = status === 'disabled';
  const readOnly = access_preset === 'read_only';
  return [
    { name: 'Status', value: paused ? 'Paused' : 'Enabled', warns: paused },
    { name: 'Preset', value: readOnly ? 'Read-only' : 'Full access', warns: readOnly },
    { name: 'Teams', value: restricted ? 'Restricted to some' : 'All teams of its organization', warns: restricted },
  ];
}

function userLines({ user, teams }: EffectiveAccess): Line[] {
  const disabled = user.status === 'disabled';
  const places = teams.filter(({ role }) => role !== null);
  return [
    { name: 'Status', value: disabled ? 'Disabled' : 'Active', warns: disabled },
    ...places.map(({ name, role }) => ({ name, value: role && ROLES[role].name })),
    ...(places.length ? [] : [{ name: 'Teams', value: 'In none of these', warns: true }]),
  ];
}

function Side({ icon: Icon, title, lines }: { icon: typeof IconApps; title: string; lines: Line[] | undefined }) {
  return (
    <section className="b-frame b-side" aria-label={title}>
      <h3>
        <Icon size={15} stroke={1.6} aria-hidden="true" />
        {title}
      </h3>
      {lines ? (
        <dl>
          {lines.map(({ name, value, warns = false }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd className={warns ? 'b-amber' : undefined}>{value}</dd>
            </div>
          ))}
        </dl>
      ) : (
        <Skeleton height={10} width="70%" my={9} radius="xs" />
      )}
    </section>
  );
}
