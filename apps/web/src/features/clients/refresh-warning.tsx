import { refreshTokenWarning } from '@behalf/domain';
import { Note } from '../../ui/states.js';

const TONES = { informational: 'info', security_warning: 'warning', high_severity: 'danger' } as const;

/** What a refresh lifetime means; it grows with the lifetime, and never blocks. */
export function RefreshWarning({ seconds }: { seconds: number }) {
  const warning = Number.isFinite(seconds) && seconds > 0 ? refreshTokenWarning(seconds) : null;
  return (
    <div role="status">
      {warning && (
        <Note tone={TONES[warning.risk]} title={warning.title}>
          {warning.text}
        </Note>
      )}
    </div>
  );
}
