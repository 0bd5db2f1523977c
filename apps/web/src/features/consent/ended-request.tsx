import { useTitle } from '../../lib/use-title.js';
import { EntrancePage } from '../../ui/entrance.js';
import { RequestId } from '../../ui/states.js';

/** An authorization request that was answered already, took too long, or belongs to another browser. */
export function EndedRequest({ error, request_id }: { error?: Error | null; request_id?: string | undefined }) {
  useTitle('This request has ended');
  return (
    <EntrancePage title="This request has ended">
      <p>It was answered already, took too long, or belongs to another browser or user.</p>
      <p>Go back to the application and start again from there.</p>
      {error ? <RequestId error={error} /> : request_id && <p className="b-request-id">{request_id}</p>}
    </EntrancePage>
  );
}
