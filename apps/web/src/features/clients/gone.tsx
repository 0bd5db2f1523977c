import { Button } from '@mantine/core';
import { IconGhost } from '@tabler/icons-react';
import { Note } from '../../ui/note.js';
import { EmptyState } from '../../ui/states.js';

/** In place of a client that is not there, or not any more. */
export function Gone() {
  return (
    <EmptyState
      icon={<IconGhost size={20} stroke={1.6} />}
      title="There is no such client"
      text="It was deleted, or it belongs to another organization."
    />
  );
}

/** Over the foot of a drawer in which something was typed: that stays to be read. */
export function GoneNote() {
  return (
    <div className="b-drawer-note" role="alert">
      <Note tone="danger" title="There is no such client any more">
        It was deleted meanwhile. What you typed can still be read and copied, but not saved.
      </Note>
    </div>
  );
}

export function CloseButton({ onClose }: { onClose: () => void }) {
  return (
    <Button variant="default" onClick={onClose} className="b-push-left">
      Close
    </Button>
  );
}
