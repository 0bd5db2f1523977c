import type { SessionInfo } from '@behalf/domain';
import { Button, Modal, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../../lib/http.js';
import { sessionQuery } from '../../lib/resources.js';
import { Note } from '../../ui/states.js';

/** The session ended while something was typed: signing in again here keeps it. */
export function SignInDialog({ onSignedIn }: { onSignedIn: () => void }) {
  const queryClient = useQueryClient();
  const { data: session } = useQuery({ ...sessionQuery, enabled: false });
  const form = useForm({ initialValues: { email: session?.user.email ?? '', password: '' } });
  const signIn = useMutation({
    mutationFn: (credentials: typeof form.values) => api<SessionInfo>('POST', '/session', credentials),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
      onSignedIn();
    },
  });
  return (
    <Modal.Root opened onClose={() => undefined} size={400} centered closeOnClickOutside={false} closeOnEscape={false}>
      <Modal.Overlay />
      <Modal.Content aria-label="Sign in again">
        <form onSubmit={form.onSubmit((values) => signIn.mutate(values))}>
          <h2 className="b-dialog-title">Sign in again</h2>
          <div className="b-dialog-body" style={{ display: 'grid', gap: 16 }}>
            <span>Your session has ended. What you typed is still here.</span>
            <TextInput label="Email" type="email" autoComplete="username" {...form.getInputProps('email')} />
            <PasswordInput label="Password" autoComplete="current-password" data-autofocus {...form.getInputProps('password')} />
            {signIn.isError && (
              <div role="alert">
                <Note tone="danger">{signIn.error.message}</Note>
              </div>
            )}
          </div>
          <div className="b-dialog-foot">
            <Button type="submit" loading={signIn.isPending}>
              Sign in
            </Button>
          </div>
        </form>
      </Modal.Content>
    </Modal.Root>
  );
}
