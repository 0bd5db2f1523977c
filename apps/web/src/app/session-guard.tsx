import type { SessionInfo } from '@behalf/domain';
import { Anchor, Button, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { api, messageOf } from '../lib/http.js';
import { leaveTo } from '../lib/navigate.js';
import { sessionQuery } from '../lib/resources.js';
import { tellSessionBack, useSessionEnd } from '../lib/session-end.js';
import { useAction } from '../lib/use-action.js';
import { Dialog } from '../ui/dialog.js';
import { Note } from '../ui/note.js';
import { PasswordField } from '../ui/password-field.js';
import { toast } from '../ui/toast.js';

/** Watches over the session under an open page: its end, and another organization chosen in another tab. */
export function SessionGuard({ session }: { session: SessionInfo }) {
  const end = useSessionEnd();
  const { href } = useLocation();
  useEffect(() => {
    // The page is loaded anew: nothing that was shown stays in its memory.
    if (end === 'leave') leaveTo(`/login?${new URLSearchParams({ return_to: href }).toString()}`);
  }, [end, href]);
  useForgetOtherOrganization(session);
  return end === 'ask' ? <SignInAgain session={session} /> : null;
}

/** What was loaded belongs to the organization that was acted in. */
function useForgetOtherOrganization({ organization }: SessionInfo): void {
  const queryClient = useQueryClient();
  const shown = useRef(organization.id);
  useEffect(() => {
    if (shown.current === organization.id) return;
    shown.current = organization.id;
    void queryClient.resetQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] });
    toast(`You are now in ${organization.name}`);
  }, [organization, queryClient]);
}

/** The session ended while something was typed or done: signing in here keeps the page as it is. */
function SignInAgain({ session }: { session: SessionInfo }) {
  const [password, setPassword] = useState('');
  const queryClient = useQueryClient();
  const signIn = useAction({
    mutationFn: async () => {
      const begun = await api<SessionInfo>('POST', '/session', { email: session.user.email, password });
      const { id } = session.organization;
      // A new session begins in the home organization; the page belongs to the one that was acted in.
      return begun.organization.id === id ? begun : api<SessionInfo>('PUT', '/session/organization', { organization_id: id });
    },
    meta: { signs_in_itself: true },
    onSuccess: async (info) => {
      queryClient.setQueryData(sessionQuery.queryKey, info);
      tellSessionBack();
      await queryClient.invalidateQueries();
    },
  });
  return (
    <Dialog
      title="Sign in again"
      text="Your session has ended. What you typed is still here; send it again afterwards."
      size={400}
      dismissable={false}
      onClose={() => undefined}
      onSubmit={() => signIn.run()}
      foot={
        <Button type="submit" loading={signIn.pending}>
          Sign in
        </Button>
      }
    >
      <TextInput label="Email" type="email" autoComplete="username" value={session.user.email} readOnly />
      <PasswordField
        label="Password"
        autoComplete="current-password"
        data-autofocus
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      {signIn.error && (
        <div role="alert">
          <Note tone="danger">{messageOf(signIn.error)}</Note>
        </div>
      )}
      <Anchor component="button" type="button" size="sm" onClick={() => leaveTo('/login')}>
        Sign in as someone else and lose it
      </Anchor>
    </Dialog>
  );
}
