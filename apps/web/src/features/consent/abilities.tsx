import { type AuthorizationRequestDetails, formatLifetime, resourceHosts } from '@behalf/domain';
import { IconClock, IconEye, IconPencil, IconServer2, IconUser } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { shortDate } from '../../lib/format.js';

const MILLISECONDS = 1000;
const IDENTITY = ['openid', 'profile', 'email'];

/** What it will be able to do, in words, and for how long. */
export function Abilities({ request }: { request: AuthorizationRequestDetails }) {
  const scope = request.scope.split(' ');
  const reads = scope.includes('read');
  const writes = scope.includes('write');
  return (
    <section>
      <h2 className="b-consent-title">
        It will be able to
        {reads && <span className={writes ? 'b-badge b-badge-amber' : 'b-badge'}>{writes ? 'Full access' : 'Read-only access'}</span>}
      </h2>
      <ul className="b-abilities">
        {scope.some((word) => IDENTITY.includes(word)) && (
          <Ability icon={IconUser}>
            {reads ? 'Know who you are' : 'Know who you are, and nothing more'}: your name, email address and teams
          </Ability>
        )}
        {reads && <Ability icon={IconEye}>See everything you can see in the chosen teams</Ability>}
        {writes && (
          <Ability icon={IconPencil} amber>
            <strong className="b-amber">Modify and delete</strong> data with your permissions
          </Ability>
        )}
        {request.resources.length > 0 && (
          <Ability icon={IconServer2}>
            It will be used at <Places resources={request.resources} />
          </Ability>
        )}
        <Ability icon={IconClock}>
          <Duration request={request} />
        </Ability>
      </ul>
    </section>
  );
}

function Ability({ icon: Icon, amber = false, children }: { icon: typeof IconClock; amber?: boolean; children: ReactNode }) {
  return (
    <li data-amber={amber || undefined}>
      <Icon size={16} stroke={1.6} aria-hidden="true" />
      <span>{children}</span>
    </li>
  );
}

function Places({ resources }: { resources: readonly string[] }) {
  const hosts = resourceHosts(resources);
  return hosts.map((host, index) => (
    <span key={host}>
      {index > 0 && (index === hosts.length - 1 ? ' and ' : ', ')}
      <strong>
        <bdi>{host}</bdi>
      </strong>
    </span>
  ));
}

function Duration({ request }: { request: AuthorizationRequestDetails }) {
  const [now] = useState(Date.now);
  const span = formatLifetime(request.access_token_lifetime_seconds).toLowerCase();
  const renewable_seconds = request.refresh_token_lifetime_seconds;
  if (renewable_seconds === null) return <>Keep access for {span}; then it has to ask you again</>;
  return (
    <>
      Keep access for {span} at a time, renewed on its own until{' '}
      <strong>{shortDate(new Date(now + renewable_seconds * MILLISECONDS))}</strong>
    </>
  );
}
