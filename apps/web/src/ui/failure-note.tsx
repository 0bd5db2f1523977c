import type { ProblemName } from '@behalf/domain';
import type { ReactNode } from 'react';
import { isProblem, messageOf, NetworkError, ProblemError } from '../lib/http.js';
import { Note } from './note.js';

interface Props {
  readonly title?: string;
  readonly error: Error | null;
  /** What the fields, or the page, say themselves. */
  readonly except?: readonly ProblemName[];
  /** What is said when nobody knows whether it was done. */
  readonly lost?: { readonly title: string; readonly text: ReactNode };
}

const SERVER_FAULT = 500;

/** Why something was not done; what was typed stays as it is. */
export function FailureNote({ title, error, except, lost }: Props) {
  // Signing in again is asked for over the page.
  if (!error || isProblem(error, 'not-signed-in', ...(except ?? []))) return null;
  const unknown = error instanceof NetworkError && lost !== undefined;
  const ours = error instanceof ProblemError && error.document.status >= SERVER_FAULT ? error.request_id : null;
  return (
    <div role="alert">
      <Note tone={unknown ? 'warning' : 'danger'} title={unknown ? lost.title : title}>
        {unknown ? lost.text : messageOf(error)}
        {ours && (
          <div>
            Request ID <code className="b-mono">{ours}</code>
          </div>
        )}
      </Note>
    </div>
  );
}
