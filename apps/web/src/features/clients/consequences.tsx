import { Checkbox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { plural } from '../../lib/format.js';
import { previewQuery } from '../../lib/resources.js';
import { Note } from '../../ui/note.js';
import type { Edit } from './use-edit.js';

const TYPING_PAUSE_MILLISECONDS = 300;

/** How many authorizations the changes would end or narrow, and the offer to revoke them where a redirect URI goes. */
export function Consequences({ edit }: { edit: Edit }) {
  const key = JSON.stringify(edit.changes);
  const [settled] = useDebouncedValue(key, TYPING_PAUSE_MILLISECONDS);
  const removed = edit.base.redirect_uris.some((uri) => !edit.settings.redirect_uris.includes(uri));
  const { data } = useQuery({ ...previewQuery(edit.base.client_id, JSON.parse(settled) as Edit['changes']), enabled: settled !== '{}' });
  const effects = data && edit.changed && settled === key ? effectsOf(data) : [];
  return (
    <div role="status">
      {(effects.length > 0 || removed) && (
        <div className="b-drawer-note">
          <Note tone="warning" title="What saving does at once">
            {effects.join(' ')}
            {removed && (
              <>
                {' '}
                Codes and open consents for a removed redirect URI fail; live tokens stay.
                <Checkbox
                  mt={8}
                  label="Also revoke the client’s live tokens"
                  checked={edit.alsoRevoke}
                  onChange={(event) => edit.setAlsoRevoke(event.currentTarget.checked)}
                />
              </>
            )}
          </Note>
        </div>
      )}
    </div>
  );
}

function effectsOf({ ends, narrows }: { ends: number; narrows: number }): string[] {
  return [
    ends > 0 ? `${plural(ends, 'authorization ends', 'authorizations end')} for good.` : '',
    narrows > 0 ? `${plural(narrows, 'authorization is', 'authorizations are')} narrowed.` : '',
  ].filter((text) => text !== '');
}
