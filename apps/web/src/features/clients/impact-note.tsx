import type { Client, Impact } from '@behalf/domain';
import { useQuery } from '@tanstack/react-query';
import { plural, relativeTime } from '../../lib/format.js';
import { impactQuery } from '../../lib/resources.js';
import { Note } from '../../ui/note.js';

/** The blast radius, before it happens: live tokens, users, last use. */
export function ImpactNote({ clients, end }: { clients: readonly Client[]; end: string }) {
  const { data, isError } = useQuery(impactQuery(clients.map(({ client_id }) => client_id)));
  const idle = data?.live_tokens === 0;
  return (
    <div role="status">
      <Note tone={idle ? 'info' : 'warning'}>
        {data ? describe(data, end) : isError ? 'What this would end could not be counted.' : 'Counting live tokens …'}
      </Note>
    </div>
  );
}

function describe({ live_tokens, users, last_used_at }: Impact, end: string) {
  const used = last_used_at === null ? 'Never used.' : `Last used ${relativeTime(last_used_at)}.`;
  if (live_tokens === 0) return `There are no live tokens. ${used}`;
  return (
    <>
      <strong>{plural(live_tokens, 'live token', 'live tokens')}</strong> of {plural(users, 'user', 'users')} {end}. {used}
    </>
  );
}
