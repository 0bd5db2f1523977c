import { type AuthorizationRequestDetails, checkTeamSelection, type DeviceOrigin, type Membership } from '@behalf/domain';
import { Anchor, Button } from '@mantine/core';
import { IconDeviceLaptop, IconDeviceTv, IconUsersMinus } from '@tabler/icons-react';
import { useState } from 'react';
import { initials } from '../../lib/format.js';
import { api, isProblem } from '../../lib/http.js';
import { leaveTo, loginAddress } from '../../lib/navigate.js';
import { useAction } from '../../lib/use-action.js';
import { useTitle } from '../../lib/use-title.js';
import { Mark } from '../../ui/brand.js';
import { FailureNote } from '../../ui/failure-note.js';
import { Note } from '../../ui/note.js';
import { Time } from '../../ui/time.js';
import '../../ui/entrance.css';
import { Abilities } from './abilities.js';
import './consent.css';
import { EndedRequest } from './ended-request.js';
import { DoubtfulNames } from './doubtful-names.js';
import { TeamPicker } from './team-picker.js';

interface Props {
  readonly request_id: string;
  readonly request: AuthorizationRequestDetails;
}

/** What is asked for, and the answer. */
export function Consent({ request_id, request }: Props) {
  const [team_ids, choose] = useState<string[]>(() => preselected(request));
  const decide = useDecision(request_id);
  useTitle(`${request.client_name} asks for access`);
  if (isProblem(decide.error, 'request-gone', 'not-found')) return <EndedRequest error={decide.error} />;
  const leaving = decide.pending || decide.done;
  return (
    <main className="b-centre">
      <div className="b-panel b-consent">
        <Asker request={request} />
        <SignedInAs request_id={request_id} request={request} />
        <Abilities request={request} />
        {request.selectable_teams.length > 0 ? (
          <TeamPicker request={request} team_ids={team_ids} onChange={choose} />
        ) : (
          <NoTeam request={request} />
        )}
        <DoubtfulNames request={request} />
        {request.loopback && <Loopback request={request} />}
        {request.device && <Device client_name={request.client_name} device={request.device} />}
        <div className="b-consent-note">
          <FailureNote error={decide.error} />
        </div>
        <div className="b-consent-buttons">
          <Button variant="default" onClick={() => decide.run({ decision: 'deny', team_ids: [] })} disabled={leaving}>
            Cancel
          </Button>
          <Button onClick={() => decide.run({ decision: 'allow', team_ids })} disabled={leaving || !isValid(request, team_ids)}>
            Allow
          </Button>
        </div>
        <Destination request={request} leaving={decide.done} />
      </div>
    </main>
  );
}

function Asker({ request }: { request: AuthorizationRequestDetails }) {
  return (
    <header className="b-consent-head">
      <span className="b-consent-brand">
        <Mark size={16} />
        Behalf
      </span>
      <h1>
        <bdi>{request.client_name}</bdi>
      </h1>
      <p>
        wants to act on your behalf at <bdi>{request.organization.name}</bdi>
      </p>
    </header>
  );
}

function useDecision(request_id: string) {
  return useAction({
    mutationFn: (decision: { decision: 'allow' | 'deny'; team_ids: string[] }) =>
      api<{ redirect_to: string }>('POST', `/authorization-requests/${request_id}/decision`, decision),
    meta: { signs_in_itself: true },
    onSuccess: ({ redirect_to }) => leaveTo(redirect_to),
    onError: (error) => {
      if (isProblem(error, 'not-signed-in')) leaveTo(loginAddress(request_id));
    },
  });
}

function SignedInAs({ request_id, request: { user } }: Props) {
  const change = useAction({
    mutationFn: () => api<void>('DELETE', '/session'),
    meta: { signs_in_itself: true },
    onSuccess: () => leaveTo(loginAddress(request_id)),
    onError: (error) => {
      if (isProblem(error, 'not-signed-in')) leaveTo(loginAddress(request_id));
    },
  });
  return (
    <div className="b-consent-user">
      <span className="b-avatar" data-large aria-hidden="true">
        {initials(user.name)}
      </span>
      <div>
        <div className="b-consent-name">
          <bdi>{user.name}</bdi>
        </div>
        <div className="b-consent-email">{user.email}</div>
      </div>
      <Anchor component="button" type="button" size="sm" fw={500} onClick={() => change.run()} disabled={change.pending}>
        Use another account
      </Anchor>
    </div>
  );
}

function NoTeam({ request }: { request: AuthorizationRequestDetails }) {
  return (
    <div className="b-consent-note">
      <Note tone="warning" title="None of your teams can be used" icon={IconUsersMinus}>
        You belong to no team that <bdi>{request.client_name}</bdi> may act on, so you can only cancel. An administrator of{' '}
        <bdi>{request.organization.name}</bdi> can add you to one.
      </Note>
    </div>
  );
}

function Loopback({ request }: { request: AuthorizationRequestDetails }) {
  return (
    <div className="b-consent-note">
      <Note tone="warning" title="Any program on this device could be asking" icon={IconDeviceLaptop}>
        Allow this only if you have just started <bdi>{request.client_name}</bdi> yourself.
      </Note>
    </div>
  );
}

/** Whoever sent the code would get the access: RFC 8628 §5.4. */
function Device({ client_name, device }: { client_name: string; device: DeviceOrigin }) {
  return (
    <div className="b-consent-note">
      <Note tone="warning" title="A device is waiting for this" icon={IconDeviceTv}>
        Allow this only if you have just started <bdi>{client_name}</bdi> on a device that you can see. It asked{' '}
        <strong>
          <Time at={device.requested_at} />
        </strong>{' '}
        from <strong>{device.location}</strong>
        {device.ip_address !== null && <> ({device.ip_address})</>}. If somebody sent you the code, cancel.
      </Note>
    </div>
  );
}

function Destination({ request, leaving }: { request: AuthorizationRequestDetails; leaving: boolean }) {
  return (
    <footer className="b-consent-foot">
      <div>
        Registered by{' '}
        <strong>
          <bdi>{request.organization.name}</bdi>
        </strong>
      </div>
      <div role="status">
        {request.device ? (
          'The device goes on by itself'
        ) : (
          <>
            {leaving ? 'Sending you back to' : 'You will be sent back to'} <strong>{request.redirect_host}</strong>
          </>
        )}
      </div>
    </footer>
  );
}

/** The rule is the server's own; what it offers are the teams that the client may act on and the user belongs to. */
function isValid({ selectable_teams, organization, team_selection }: AuthorizationRequestDetails, team_ids: readonly string[]): boolean {
  const memberships: Membership[] = selectable_teams.map(({ id, organization_id }) => ({
    team_id: id,
    organization_id,
    role: 'read_only_user',
  }));
  const team_restrictions = { team_ids: selectable_teams.map(({ id }) => id), organization_ids: [] };
  const client = { organization_id: organization.id, team_restrictions, team_selection };
  return checkTeamSelection(client, memberships, team_ids) === null;
}

/** What was chosen the last time, as far as it is still to be had, or the only team there is. */
function preselected({ selectable_teams, remembered_team_ids, team_selection }: AuthorizationRequestDetails): string[] {
  const offered = selectable_teams.map(({ id }) => id);
  if (offered.length === 1) return offered;
  const remembered = remembered_team_ids.filter((id) => offered.includes(id));
  return team_selection === 'single' && remembered.length > 1 ? [] : remembered;
}
