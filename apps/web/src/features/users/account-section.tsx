import type { User } from '@behalf/domain';
import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { type AccountAction, AccountDialog } from './account-dialogs.js';

/** What only the home organization decides: the password, and whether the account is open at all. */
export function AccountSection({ user }: { user: User }) {
  const [action, ask] = useState<AccountAction | null>(null);
  const disabled = user.status === 'disabled';
  return (
    <fieldset className="b-people-section">
      <legend>Account</legend>
      <div className="b-decisions">
        {!disabled && (
          <Decision
            title="Password"
            text={user.has_password ? 'A link by which the user sets a new one.' : 'None yet. A new link replaces the one from before.'}
          >
            <Button variant="default" onClick={() => ask('reset')}>
              {user.has_password ? 'Reset password' : 'New invitation link'}
            </Button>
          </Decision>
        )}
        {disabled ? (
          <Decision title="Access" text="Disabled. Enabling lets the user sign in again, and brings no token back.">
            <Button variant="default" onClick={() => ask('enable')}>
              Enable user
            </Button>
          </Decision>
        ) : (
          <Decision title="Access" text="Disabling signs the user out and ends every token they authorized, for good.">
            <Button variant="default" className="b-destroy" onClick={() => ask('disable')}>
              Disable user
            </Button>
          </Decision>
        )}
      </div>
      {action && <AccountDialog action={action} user={user} onClose={() => ask(null)} />}
    </fieldset>
  );
}

function Decision({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <div className="b-decision">
      <div>
        <strong>{title}</strong>
        <p>{text}</p>
      </div>
      {children}
    </div>
  );
}
