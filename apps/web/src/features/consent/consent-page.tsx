import { type AuthorizationRequestDetails, checkTeamSelection, formatLifetime, type Membership } from '@behalf/domain';
import { Anchor, Button, Skeleton } from '@mantine/core';
import { IconClock, IconEye, IconPencil, IconUser } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { initials, shortDate } from '../../lib/format.js';
import { api, isProblem, ProblemError } from '../../lib/http.js';
import { leaveTo } from '../../lib/navigate.js';
import { authorizationRequestQuery } from '../../lib/resources.js';
import { Mark } from '../../ui/brand.js';
import { ErrorState, Note } from '../../ui/states.js';
import './consent.css';
import { EndedRequest } from './ended-request.js';
import { TeamPicker } from './team-picker.js';

const route = getRouteApi('/consent');
const MILLISECONDS = 1000;

/** The page that strangers see: who asks, as whom, for what, on which teams. */
export function ConsentPage() {
  const { request_id } = route.useSearch();
  const { data, error, refetch } = useQuery({ ...authorizationRequestQuery(request_id ?? ''), enabled: request_id !== undefined });
  if (request_id === undefined || isOver(error)) return <EndedRequest request_id={error instanceof ProblemError ? error.request_id : null} />;
  if (error) {
    return (
      <main className="b-centre">
        <ErrorState what="This request" error={error} onRetry={() => void refetch()} />
      </main>
    );
  }
  if (!data) return <ConsentSkeleton />;
  if (data.user === null) {
    leaveTo(`/login?request_id=${encodeURIComponent(request_id)}`);
    return <ConsentSkeleton />;
  }
  return <Consent request_id={request_id} request={data as AuthorizationRequestDetails} />;
}

function Consent({ request_id, request }: { request_id: string; request: AuthorizationRequestDetails }) {
  const [team_ids, choose] = useState<string[]>(() => preselected(request));
  const decide = useMutation({
    mutationFn: (decision: 'allow' | 'deny') =>
      api<{ redirect_to: string }>('POST', `/authorization-requests/${request_id}/decision`, { decision, team_ids: decision === 'allow' ? team_ids : [] }),
    onSuccess: ({ redirect_to }) => leaveTo(redirect_to),
    onError: (error) => {
      if (isProblem(error, 'not-signed-in')) leaveTo(`/login?request_id=${encodeURIComponent(request_id)}`);
    },
  });
  const leaving = decide.isPending || decide.isSuccess;
  const none = request.selectable_teams.length === 0;
  const valid = !none && isValid(request, team_ids);
  if (isOver(decide.error)) return <EndedRequest request_id={(decide.error as ProblemError).request_id} />;
  return (
    <main className="b-centre">
      <div className="b-panel b-consent">
        <header className="b-consent-head">
          <span className="b-inline">
            <Mark size={16} />
            Behalf
          </span>
          <h1>{request.client_name}</h1>
          <p>wants to act on your behalf at {request.organization.name}</p>
        </header>
        <SignedInAs request_id={request_id} request={request} />
        <Abilities request={request} />
        {none ? (
          <Note tone="warning" title="None of your teams can be used">
            You belong to no team that this application may act on. Ask an administrator of {request.organization.name} to add you to one. You can
            only cancel.
          </Note>
        ) : (
          <TeamPicker request={request} team_ids={team_ids} onChange={choose} />
        )}
        {request.loopback && (
          <Note tone="warning" title="Any program on this device could be asking">
            You will be sent back to {request.redirect_host}, which is this device itself. Allow this only if you have just started{' '}
            {request.client_name} yourself.
          </Note>
        )}
        {decide.isError && (
          <div role="alert">
            <Note tone="danger">{decide.error.message}</Note>
          </div>
        )}
        <div className="b-consent-buttons">
          <Button variant="default" onClick={() => decide.mutate('deny')} disabled={leaving}>
            Cancel
          </Button>
          <Button onClick={() => decide.mutate('allow')} disabled={!valid || leaving}>
            Allow
          </Button>
        </div>
        <footer className="b-consent-foot">
          Registered by <strong>{request.organization.name}</strong>
          <br />
          You will be sent back to <strong>{request.redirect_host}</strong>
        </footer>
      </div>
    </main>
  );
}

function SignedInAs({ request_id, request }: { request_id: string; request: AuthorizationRequestDetails }) {
  const change = useMutation({
    mutationFn: () => api<void>('DELETE', '/session'),
    onSettled: () => leaveTo(`/login?request_id=${encodeURIComponent(request_id)}`),
  });
  return (
    <div className="b-consent-user">
      <span className="b-avatar" data-large aria-hidden="true">
        {initials(request.user.name)}
      </span>
      <div>
        <strong style={{ fontWeight: 500 }}>{request.user.name}</strong>
        <br />
        {request.user.email}
      </div>
      <Anchor component="button" type="button" size="sm" fw={500} onClick={() => change.mutate()}>
        Use another account
      </Anchor>
    </div>
  );
}

/** What it will be able to do, in words. */
function Abilities({ request }: { request: AuthorizationRequestDetails }) {
  const scope = request.scope.split(' ');
  const identity = scope.some((word) => word === 'openid' || word === 'profile' || word === 'email');
  const span = formatLifetime(request.access_token_lifetime_seconds).toLowerCase();
  const until = request.refresh_token_lifetime_seconds;
  return (
    <section>
      <h2>It will be able to</h2>
      <ul className="b-abilities">
        {identity && (
          <li>
            <IconUser size={16} stroke={1.6} aria-hidden="true" />
            <span>Know who you are: your name, your email address and your teams</span>
          </li>
        )}
        {scope.includes('read') && (
          <li>
            <IconEye size={16} stroke={1.6} aria-hidden="true" />
            <span>
              {scope.includes('write') ? 'See everything you can see in the chosen teams' : 'Read-only access: see what you can see in the chosen teams'}
            </span>
          </li>
        )}
        {scope.includes('write') && (
          <li data-amber>
            <IconPencil size={16} stroke={1.6} aria-hidden="true" />
            <span>
              Full access: <strong className="b-amber">modify and delete</strong> data with your permissions
            </span>
          </li>
        )}
        <li>
          <IconClock size={16} stroke={1.6} aria-hidden="true" />
          {until === null ? (
            <span>Keep access for {span}; it cannot renew it on its own</span>
          ) : (
            <span>
              Keep access for {span} at a time, renewed on its own until <strong>{shortDate(new Date(Date.now() + until * MILLISECONDS))}</strong>
            </span>
          )}
        </li>
      </ul>
    </section>
  );
}

/** The rule is the server's own; it asks only for the teams, all of which the server has offered. */
function isValid(request: AuthorizationRequestDetails, team_ids: string[]): boolean {
  const memberships: Membership[] = request.selectable_teams.map(({ id, organization_id }) => ({ team_id: id, organization_id, role: 'read_only_user' }));
  const offered = { team_ids: memberships.map(({ team_id }) => team_id), organization_ids: [] };
  const client = { organization_id: request.organization.id, team_restrictions: offered, team_selection: request.team_selection };
  return checkTeamSelection(client, memberships, team_ids) === null;
}

/** What was chosen the last time, or the only team there is. */
function preselected({ selectable_teams, remembered_team_ids, team_selection }: AuthorizationRequestDetails): string[] {
  if (selectable_teams.length === 1) return [selectable_teams[0]!.id];
  return team_selection === 'single' && remembered_team_ids.length > 1 ? [] : remembered_team_ids;
}

function isOver(error: unknown): boolean {
  return isProblem(error, 'not-found') || isProblem(error, 'request-gone');
}

function ConsentSkeleton() {
  return (
    <main className="b-centre">
      <div className="b-panel b-consent" role="status" aria-label="Loading the request">
        <div className="b-consent-head">
          <Skeleton height={16} width={80} mb={16} />
          <Skeleton height={28} width="60%" mb={8} />
          <Skeleton height={14} width="80%" />
        </div>
        <div className="b-consent-user">
          <Skeleton height={28} circle />
          <Skeleton height={14} width="50%" />
        </div>
        <section style={{ paddingBlock: 24 }}>
          <Skeleton height={14} mb={12} />
          <Skeleton height={14} mb={12} />
          <Skeleton height={120} />
        </section>
      </div>
    </main>
  );
}
