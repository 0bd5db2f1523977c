import { checkPassword, type OpenInvitation, PASSWORD_MIN_CHARACTERS, type SessionInfo } from '@behalf/domain';
import { Button, Skeleton, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { byField, fieldErrors } from '../../lib/field-errors.js';
import { longDateTime } from '../../lib/format.js';
import { api, isProblem } from '../../lib/http.js';
import { invitationQuery, sessionQuery } from '../../lib/resources.js';
import { useAction } from '../../lib/use-action.js';
import { useTitle } from '../../lib/use-title.js';
import { EntrancePage } from '../../ui/entrance.js';
import { FailureNote } from '../../ui/failure-note.js';
import { PasswordField } from '../../ui/password-field.js';

/** Where an invitation, or a password reset, leads. The token stands behind the #, which browsers never send. */
export function InvitePage() {
  // Read once: the address is cleaned when it is used up.
  const [token] = useState(() => window.location.hash.slice(1));
  useTitle('Set your password');
  if (token === '') {
    return (
      <EntrancePage title="This link is not complete">
        <p>Open the whole link that your administrator gave you, or ask for a new one.</p>
      </EntrancePage>
    );
  }
  return <Invitation token={token} />;
}

/** Whose link it is is asked first, so that nobody thinks of a password for one that does not work any more. */
function Invitation({ token }: { token: string }) {
  const { data, error, refetch } = useQuery(invitationQuery(token));
  // Also when it was open at first: another browser may have used it meanwhile.
  if (isProblem(error, 'request-gone')) return <EndedPage />;
  if (data) return <OpenPage token={token} invitation={data} onGone={() => void refetch()} />;
  return (
    <EntrancePage title="Set your password">
      {error ? (
        <>
          <FailureNote title="The link could not be checked" error={error} />
          <Button variant="default" fullWidth mt={16} onClick={() => void refetch()}>
            Retry
          </Button>
        </>
      ) : (
        <div role="status" aria-label="Checking the link">
          <Skeleton height={14} width="30%" mb={8} />
          <Skeleton height={36} mb={20} />
          <Skeleton height={14} width="30%" mb={8} />
          <Skeleton height={36} mb={20} />
          <Skeleton height={36} />
        </div>
      )}
    </EntrancePage>
  );
}

function EndedPage() {
  return (
    <EntrancePage title="This link does not work any more">
      <p>It was used already, has expired, or was replaced by a newer one.</p>
      <p>If you have set a password, sign in with it. If not, ask your administrator for a new link.</p>
      <Button component="a" href="/login" variant="default" fullWidth mt={16}>
        Go to sign-in
      </Button>
    </EntrancePage>
  );
}

function OpenPage({ token, invitation, onGone }: { token: string; invitation: OpenInvitation; onGone: () => void }) {
  const { user, organization_name, has_password, expires_at } = invitation;
  return (
    <EntrancePage
      title={has_password ? 'Set a new password' : 'Set your password'}
      text={
        has_password ? (
          'It signs you in here, and out of every other browser.'
        ) : (
          <>
            <strong>{user.name}</strong>, you were invited to <strong>{organization_name}</strong>.
          </>
        )
      }
      below={`The link works once, until ${longDateTime(expires_at)}.`}
    >
      <PasswordForm token={token} email={user.email} onGone={onGone} />
    </EntrancePage>
  );
}

function PasswordForm({ token, email, onGone }: { token: string; email: string; onGone: () => void }) {
  const form = useForm({ initialValues: { password: '' }, validate: ({ password }) => byField([checkPassword(password)]) });
  const accept = useAccept(token, (error) => {
    form.setErrors(fieldErrors(error));
    if (isProblem(error, 'request-gone')) onGone();
  });
  return (
    <form noValidate onSubmit={form.onSubmit(({ password }) => accept.run(password))}>
      <TextInput label="Email" type="email" autoComplete="username" value={email} readOnly />
      <PasswordField
        label="Password"
        description={`At least ${PASSWORD_MIN_CHARACTERS} characters.`}
        autoComplete="new-password"
        autoFocus
        {...form.getInputProps('password')}
      />
      <FailureNote title="Your password was not set" error={accept.error} except={['validation-failed', 'request-gone']} />
      <Button type="submit" fullWidth loading={accept.pending || accept.done}>
        Set password
      </Button>
    </form>
  );
}

function useAccept(token: string, onRefused: (error: Error) => void) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return useAction({
    mutationFn: (password: string) => api<SessionInfo>('POST', '/invitations/accept', { token, password }),
    meta: { signs_in_itself: true },
    onSuccess: async (session) => {
      // Nothing of whoever was signed in before; the link itself is not asked for again.
      queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'invitation' });
      queryClient.setQueryData(sessionQuery.queryKey, session);
      await navigate({ to: '/', replace: true });
    },
    onError: onRefused,
  });
}
