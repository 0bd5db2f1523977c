import type { ReactNode } from 'react';
import { isProblem } from '../../lib/http.js';
import { Note } from '../../ui/note.js';
import { FailureNote } from '../../ui/failure-note.js';

interface Props {
  readonly title: string;
  readonly error: Error | null;
  /** What the server found fault with and no field shows. */
  readonly unplaced: readonly string[];
  readonly lost?: { readonly title: string; readonly text: ReactNode } | undefined;
}

/** Over a drawer's foot: why it was not saved, unless the fields or a dialog say so. */
export function SaveFailure({ title, error, unplaced, lost }: Props) {
  if (!error || isProblem(error, 'not-signed-in', 'confirmation-required', 'version-conflict')) return null;
  const placed = isProblem(error, 'validation-failed');
  if (placed && !unplaced.length) return null;
  return (
    <div className="b-drawer-note">
      {placed ? (
        <div role="alert">
          <Note tone="danger" title={title}>
            {unplaced.join(' ')}
          </Note>
        </div>
      ) : (
        <FailureNote title={title} error={error} lost={lost} />
      )}
    </div>
  );
}
