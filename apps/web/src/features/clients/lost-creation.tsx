import type { ClientSettings } from '@behalf/domain';
import { Anchor } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useRouter } from '@tanstack/react-router';
import { ConfirmDialog } from '../../ui/dialog.js';

/** What is said when nobody knows whether a client was created. */
export function lostCreation(sent: ClientSettings) {
  return {
    title: 'The client may have been created',
    text: (
      <>
        The connection was lost before the answer came. Look for it in the list: if it is there, {wayOut(sent)} If not, create it again.
        <FindLink name={sent.client_name} />
      </>
    ),
  };
}

function wayOut({ client_type }: ClientSettings): string {
  return client_type === 'public'
    ? 'its Client ID stands there, and a public client needs nothing else.'
    : 'rotate its secret to get one that you can read.';
}

/** Another tab: what was typed here stays. */
function FindLink({ name }: { name: string }) {
  const router = useRouter();
  const { href } = router.buildLocation({ to: '/settings/oauth-clients', search: { search: name } });
  return (
    <div>
      <Anchor href={href} target="_blank" rel="noopener" size="sm" className="b-inline">
        Look for {name} in the list <IconExternalLink size={14} stroke={1.6} aria-hidden="true" />
        <span className="b-visually-hidden"> (opens another tab)</span>
      </Anchor>
    </div>
  );
}

/** Asks before a second attempt: a name need not be unique, so nothing else would stop a duplicate. */
export function CreateAgainDialog({ sent, onGoOn, onBack }: { sent: ClientSettings; onGoOn: () => void; onBack: () => void }) {
  return (
    <ConfirmDialog
      title="Create it again"
      text="There may be one already: the answer to an earlier attempt was lost. If that one was created, this makes a second client."
      action="Create another"
      color="indigo"
      onConfirm={onGoOn}
      onClose={onBack}
    >
      <FindLink name={sent.client_name} />
    </ConfirmDialog>
  );
}
