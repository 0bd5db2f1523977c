import type { SessionInfo } from '@behalf/domain';
import { Anchor, Button, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { api } from '../lib/http.js';
import { leaveTo } from '../lib/navigate.js';
import { sessionQuery } from '../lib/resources.js';
import { tellSessionBack, useSessionEnd } from '../lib/session-end.js';
import { useAction } from '../lib/use-action.js';
import { Dialog } from '../ui/dialog.js';
import { FailureNote } from '../ui/failure-note.js';
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
  const signIn = useSignInAgain(session);
  return (
    <Dialog
      title="Sign in again"
      text="Your session has ended. This page stays as it is; what was not sent, send again afterwards."
      size={400}
      dismissable={false}
      onClose={() => undefined}
      onSubmit={() => signIn.run(password)}
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
      <FailureNote error={signIn.error} />
      <Anchor component="button" type="button" size="sm" onClick={() => leaveTo('/login')}>
        Sign in as someone else and lose it
      </Anchor>
    </Dialog>
  );
}

function useSignInAgain({ user, organization }: SessionInfo) {
  const queryClient = useQueryClient();
  return useAction({
    mutationFn: async (password: string) => {
      const begun = await api<SessionInfo>('POST', '/session', { email: user.email, password });
      // A new session begins in the home organization; the page belongs to the one that was acted in.
      if (begun.organization.id === organization.id) return begun;
      return api<SessionInfo>('PUT', '/session/organization', { organization_id: organization.id });
    },
    meta: { signs_in_itself: true },
    onSuccess: async (info) => {
      queryClient.setQueryData(sessionQuery.queryKey, info);
      tellSessionBack();
      await queryClient.invalidateQueries();
    },
  });
}
