import type { ClientFailure } from '@behalf/domain';
import { Skeleton } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { clientFailuresQuery } from '../../lib/resources.js';
import { EmptyState, ErrorState } from '../../ui/states.js';
import { Time } from '../../ui/time.js';

/** What was refused lately, with what was sent beside what is registered. */
export function FailuresTab({ client_id }: { client_id: string }) {
  const { data, error, refetch } = useQuery(clientFailuresQuery(client_id));
  return (
    <div className="b-tab">
      {error && !data && <ErrorState what="Recent failures" error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton height={120} radius="md" />}
      {data?.items.length === 0 && (
        <EmptyState
          icon={<IconCircleCheck size={20} stroke={1.6} />}
          title="No recent failures"
          text="Refused requests of this client appear here, with the reason."
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

function Failure({ failure }: { failure: ClientFailure }) {
  return (
    <>
      <div className="b-failure-head">
        <strong>{failure.reason}</strong>
        <Time at={failure.at} />
      </div>
      <dl className="b-pairs">
        <Fact title="Endpoint" value={failure.endpoint} />
        {failure.received !== null && <Fact title="Received" value={failure.received} />}
        {failure.registered !== null && <Fact title="Registered" value={failure.registered.join('\n') || 'None'} />}
        {failure.ip_address !== null && <Fact title="IP address" value={failure.ip_address} />}
        <Fact title="Request ID" value={failure.request_id} />
      </dl>
    </>
  );
}

function Fact({ title, value }: { title: string; value: string }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd className="b-mono">{value}</dd>
    </div>
  );
}
