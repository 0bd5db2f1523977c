import { Button, Checkbox } from '@mantine/core';
import type { ReactNode } from 'react';
import { plural } from '../../lib/format.js';
import { ConfirmDialog } from '../../ui/dialog.js';
import { Note } from '../../ui/note.js';
import type { Edit } from './use-edit.js';

/** How many authorizations the changes would end or narrow, and the offer to revoke them where a redirect URI goes. */
export function Consequences({ edit, live_tokens }: { edit: Edit; live_tokens: number }) {
  const { preview, revocation } = edit;
  const has = preview.effects.length > 0 || preview.state === 'failed' || revocation.isOffered;
  return (
    <div role="status">
      {has && (
        <div className="b-drawer-note">
          <Note tone="warning" title="What saving does at once">
            <Count preview={preview} />
            {revocation.isOffered && (
              <>
                {' '}
                Codes and open consents for a removed redirect URI fail; live tokens stay.
                <Checkbox
                  mt={8}
                  label="Also revoke the client’s live tokens"
                  description={live_tokens ? `${plural(live_tokens, 'live token', 'live tokens')} now.` : 'There are none now.'}
                  checked={revocation.isTicked}
                  onChange={(event) => revocation.tick(event.currentTarget.checked)}
                />
              </>
            )}
          </Note>
        </div>
      )}
    </div>
  );
}

/** Numbers for exactly what is typed, or the word that there are none yet. */
function Count({ preview: { state, effects, retry } }: { preview: Edit['preview'] }): ReactNode {
  switch (state) {
    case 'none':
      return null;
    case 'counting':
      return 'Counting what this ends …';
    case 'counted':
      return effects.join(' ');
    case 'failed':
      return (
        <>
          What this ends could not be counted.
          <Button variant="default" size="compact-sm" mt={8} mb={4} display="block" onClick={retry}>
            Retry
          </Button>
        </>
      );
  }
}

/** Asks once before saving what could not be counted. */
export function UncountedDialog({ onGoOn, onBack }: { onGoOn: () => void; onBack: () => void }) {
  return (
    <ConfirmDialog
      title="Save without the count"
      text="How many live authorizations these changes end or narrow could not be counted. Saving applies them at once, and what ends does not come back."
      action="Save without the count"
      onConfirm={onGoOn}
      onClose={onBack}
    />
  );
}
