import { ConfirmDialog } from '../../ui/dialog.js';

interface Props {
  readonly what: string;
  /** What follows; for an integration unless said otherwise. */
  readonly then?: string;
  readonly onRevoke: () => void;
  readonly onClose: () => void;
}

/** Asked once before access ends. */
export function RevokeDialog({
  what,
  then = 'The integration must reconnect through the OAuth flow on its next call.',
  onRevoke,
  onClose,
}: Props) {
  return <ConfirmDialog title="Revoke access" text={`${what} ${then}`} action="Revoke" onConfirm={onRevoke} onClose={onClose} />;
}
