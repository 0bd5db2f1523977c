import { type ClientFailure, FAILURE_REASONS, isFailureReason } from '@behalf/domain';
import { Skeleton } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { clientFailuresQuery } from '../../lib/resources.js';
import { Identifier } from '../../ui/identifier.js';
import { EmptyState, ErrorState } from '../../ui/states.js';
import { Time } from '../../ui/time.js';
import { nearestDifference, type Part } from './difference.js';

/** What was refused lately, why, and what was sent beside what is registered. */
export function FailuresTab({ client_id }: { client_id: string }) {
  const { data, error, refetch } = useQuery(clientFailuresQuery(client_id));
  return (
    <div className="b-tab">
      {error && !data && <ErrorState what="Recent failures" error={error} onRetry={() => void refetch()} />}
      {!data && !error && <FailuresSkeleton />}
      {data?.items.length === 0 && (
        <EmptyState
          icon={<IconCircleCheck size={20} stroke={1.6} />}
          title="No recent failures"
          text="Refused requests of this client appear here within seconds, with the reason that the integration was not told."
        />
      )}
      {data && data.items.length > 0 && (
        <ul className="b-failures">
          {data.items.map((failure) => (
            <li key={`${failure.request_id} ${failure.at}`}>
              <Failure failure={failure} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function FailuresSkeleton() {
  return (
    <div className="b-failures" role="status" aria-label="Loading recent failures">
      {[1, 2, 3].map((place) => (
        <div className="b-failure-skeleton" key={place}>
          <Skeleton height={12} width="46%" radius="xs" />
          <Skeleton height={10} width="82%" radius="xs" />
          <Skeleton height={10} width="34%" radius="xs" />
        </div>
      ))}
    </div>
  );
}

/** The endpoints as people call them. */
const ENDPOINTS: Readonly<Record<string, string>> = {
  authorize: 'Authorize',
  par: 'Pushed request',
  device_authorization: 'Device',
  token: 'Token',
  revoke: 'Revoke',
  introspect: 'Introspect',
  'audit-events': 'Audit report',
};

function Failure({ failure }: { failure: ClientFailure }) {
  const { reason, endpoint, ip_address, request_id, at } = failure;
  // A reason that a later version of the server knows is still better shown than hidden.
  const { title, help } = isFailureReason(reason) ? FAILURE_REASONS[reason] : { title: reason, help: '' };
  return (
    <>
      <div className="b-failure-head">
        <strong>{title}</strong>
        <Time at={at} />
      </div>
      <p className="b-section-text">{help}</p>
      <dl className="b-pairs">
        <Values failure={failure} />
        <Fact title="Endpoint">
          {ENDPOINTS[endpoint] ?? endpoint}
          {ip_address !== null && (
            <>
              , from <span className="b-mono">{ip_address}</span>
            </>
          )}
        </Fact>
        <Fact title="Request ID">
          <Identifier id={request_id} what="request ID" />
        </Fact>
      </dl>
    </>
  );
}

/** What was sent against what is registered; of a redirect URI with the differing characters marked. */
function Values({ failure: { reason, received, registered } }: { failure: ClientFailure }) {
  if (reason === 'wrong_secret' || reason === 'previous_secret') {
    return (
      <>
        {received !== null && <Fact title="Received">{hint(received)}</Fact>}
        {registered !== null && registered.length > 0 && <Fact title="Works now">{registered.map(hint).join(' ')}</Fact>}
      </>
    );
  }
  if (received === null) return null;
  if (reason !== 'redirect_uri_mismatch' || !registered?.length) return <Fact title="Received">{received}</Fact>;
  const difference = nearestDifference(received, registered);
  const others = registered.length - 1;
  return (
    <>
      <Fact title="Received">{difference ? <Marked parts={difference.received} /> : received}</Fact>
      <Fact title="Registered">
        {difference ? <Marked parts={difference.registered} /> : registered[0]}
        {others > 0 && <div className="b-others">{others === 1 ? 'and 1 other' : `and ${others} others`}</div>}
      </Fact>
    </>
  );
}

const hint = (end: string) => `••••${end}`;

/** Not by colour alone: what differs is underlined too, and is one element for a screen reader. */
function Marked({ parts }: { parts: readonly Part[] }) {
  return parts.map(({ text, same }, place) =>
    // eslint-disable-next-line react/no-array-index-key -- Pieces of one text have nothing but their place.
    same ? text : <mark key={place}>{text}</mark>,
  );
}

function Fact({ title, children }: { title: string; children: ReactNode }) {
  const plain = title === 'Endpoint' || title === 'Request ID';
  return (
    <div>
      <dt>{title}</dt>
      <dd className={plain ? undefined : 'b-mono'}>{children}</dd>
    </div>
  );
}
