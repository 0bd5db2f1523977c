import { Note } from '../../ui/note.js';

/** What becomes of requests and tokens for resources that are listed no more; nothing where none goes. */
export function RemovedResources({ resources }: { resources: readonly string[] }) {
  if (!resources.length) return null;
  return (
    <Note tone="warning">
      Requests for <ResourceList resources={resources} /> are refused from then on, and tokens bound to{' '}
      {resources.length === 1 ? 'it' : 'them'} open nothing, unless another resource server lists the same.
    </Note>
  );
}

const SHOWN = 3;

function ResourceList({ resources }: { resources: readonly string[] }) {
  const more = resources.length - SHOWN;
  return (
    <>
      {resources.slice(0, SHOWN).map((uri, index) => (
        <span key={uri}>
          {index > 0 && ', '}
          <code className="b-mono">{uri}</code>
        </span>
      ))}
      {more > 0 && ` and ${more} more`}
    </>
  );
}
