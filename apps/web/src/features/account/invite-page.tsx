import { checkPassword, PASSWORD_MIN_CHARACTERS, type SessionInfo } from '@behalf/domain';
import { Button } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { byField, fieldErrors } from '../../lib/field-errors.js';
import { api, isProblem, messageOf } from '../../lib/http.js';
import { sessionQuery } from '../../lib/resources.js';
import { useAction } from '../../lib/use-action.js';
import { useTitle } from '../../lib/use-title.js';
import { EntrancePage } from '../../ui/entrance.js';
import { Note } from '../../ui/note.js';
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
  return (
    <EntrancePage
      title="Set your password"
      text="and you are signed in to Behalf."
      below="The link works once. Ask your administrator for a new one when it has expired."
    >
      <InviteForm token={token} />
    </EntrancePage>
  );
}

function InviteForm({ token }: { token: string }) {
  const form = useForm({ initialValues: { password: '' }, validate: ({ password }) => byField([checkPassword(password)]) });
  const accept = useAccept(token, (error) => form.setErrors(fieldErrors(error)));
  const ended = isProblem(accept.error, 'request-gone');
  return (
    <form noValidate onSubmit={form.onSubmit(({ password }) => accept.run(password))}>
      <PasswordField
        label="Password"
        description={`At least ${PASSWORD_MIN_CHARACTERS} characters.`}
        autoComplete="new-password"
        autoFocus
        {...form.getInputProps('password')}
      />
      {accept.error && !('password' in form.errors) && (
        <div role="alert">
          <Note tone="danger" title={ended ? 'This link does not work any more' : null}>
            {ended ? 'It was used already or has expired. Ask your administrator for a new one.' : messageOf(accept.error)}
          </Note>
        </div>
      )}
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
      queryClient.clear();
      queryClient.setQueryData(sessionQuery.queryKey, session);
      await navigate({ to: '/', replace: true });
    },
    onError: onRefused,
  });
}
