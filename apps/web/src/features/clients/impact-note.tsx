import type { Client, Impact } from '@behalf/domain';
import { useQuery } from '@tanstack/react-query';
import { plural } from '../../lib/format.js';
import { impactQuery } from '../../lib/resources.js';
import { Note } from '../../ui/note.js';
import { Time } from '../../ui/time.js';

/** What happens to several tokens, and how that is said of one. */
const END_OF_ONE = { 'end for good': 'ends for good', 'are revoked': 'is revoked' } as const;

type End = keyof typeof END_OF_ONE;

/** The blast radius, before it happens: live tokens, users, last use. */
export function ImpactNote({ clients, end }: { clients: readonly Client[]; end: End }) {
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

function LastUse({ at }: { at: string }) {
  return (
    <>
      Last used <Time at={at} />.
    </>
  );
}

function describe({ live_tokens, users, last_used_at }: Impact, end: End) {
  const used = last_used_at === null ? 'Never used.' : <LastUse at={last_used_at} />;
  if (live_tokens === 0) return <>There are no live tokens. {used}</>;
  return (
    <>
      <strong>{plural(live_tokens, 'live token', 'live tokens')}</strong> of {plural(users, 'user', 'users')}{' '}
      {live_tokens === 1 ? END_OF_ONE[end] : end}. {used}
    </>
  );
}
