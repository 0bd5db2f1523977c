import { resourceHosts } from '@behalf/domain';
import './used-at.css';

/** Where access is taken, and nowhere else; in full on the mouse. Nothing where it is for no API in particular. */
export function UsedAt({ resources }: { resources: readonly string[] }) {
  if (!resources.length) return null;
  return (
    <span className="b-used-at" title={resources.join('\n')}>
      Used at <bdi>{resourceHosts(resources).join(', ')}</bdi>
    </span>
  );
}
