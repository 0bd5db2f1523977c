import { BULK_DELETE_MAX, type Client } from '@behalf/domain';
import { Button } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useNarrow } from '../../lib/use-narrow.js';
import { Tip } from '../../ui/tip.js';
import type { Selection } from './use-selection.js';

interface Props {
  readonly selection: Selection;
  /** The clients that the list shows. */
  readonly shown: readonly Client[];
  readonly onDelete: () => void;
}

/** What can be done with the checked clients. */
export function SelectionBar({ selection, shown, onDelete }: Props) {
  const narrow = useNarrow();
  const tooMany = selection.size > BULK_DELETE_MAX;
  return (
    <div className="b-selection" role="toolbar" aria-label="Selected clients">
      <span role="status">{selection.size} selected</span>
      {narrow && (
        <Button variant="subtle" color="gray" aria-label="Select all clients shown" onClick={() => selection.change(shown, true)}>
          All
        </Button>
      )}
      <Button variant="subtle" color="gray" onClick={selection.clear}>
        Clear
      </Button>
      <span className="b-selection-line" aria-hidden="true" />
      <Tip label={tooMany && `At most ${BULK_DELETE_MAX} clients can be deleted at once.`}>
        <Button
          variant="subtle"
          color="red"
          leftSection={<IconTrash size={15} stroke={1.6} />}
          aria-disabled={tooMany}
          aria-description={tooMany ? `At most ${BULK_DELETE_MAX} clients can be deleted at once.` : undefined}
          data-disabled={tooMany || undefined}
          onClick={() => !tooMany && onDelete()}
        >
          Delete selected
        </Button>
      </Tip>
    </div>
  );
}
