import type { SessionInfo } from '@behalf/domain';
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { api, isProblem, ProblemError } from '../../lib/http.js';
import { leaveTo, safeReturnPath } from '../../lib/navigate.js';
import { authorizationRequestQuery, sessionQuery } from '../../lib/resources.js';
import { Mark } from '../../ui/brand.js';
import { Note } from '../../ui/states.js';
import { EndedRequest } from './ended-request.js';
import './consent.css';

const route = getRouteApi('/login');

/** Signing in: for the console itself, or on the way to an application that asked for it. */
export function LoginPage() {
  const { request_id, return_to } = route.useSearch();
  const request = useQuery({ ...authorizationRequestQuery(request_id ?? ''), enabled: request_id !== undefined });
  const queryClient = useQueryClient();
  const router = useRouter();
  const form = useForm({ initialValues: { email: '', password: '' } });

  useEffect(() => {
    const hint = request.data?.login_hint;
    if (hint && form.values.email === '') form.setFieldValue('email', hint);
  }, [request.data]);

  const signIn = useMutation({
    mutationFn: (credentials: typeof form.values) => api<SessionInfo>('POST', '/session', credentials),
    onSuccess: async () => {
      if (request_id !== undefined) return leaveTo(`/oauth2/authorize/resume?request_id=${encodeURIComponent(request_id)}`);
      queryClient.clear();
      await queryClient.fetchQuery(sessionQuery);
      router.history.push(safeReturnPath(return_to) ?? '/');
    },
    onError: () => form.setFieldValue('password', ''),
  });

  if (request.error instanceof ProblemError && ['request-gone', 'not-found'].includes(request.error.problem)) {
    return <EndedRequest request_id={request.error.request_id} />;
  }
  const busy = signIn.isPending || (signIn.isSuccess && request_id !== undefined);
  return (
    <main className="b-centre">
      <div className="b-panel b-login">
        <div className="b-inline b-login-brand">
          <Mark size={24} />
          <span>Behalf</span>
        </div>
        <h1>Sign in</h1>
        {request.data && (
          <p className="b-login-client">
            to continue to <strong>{request.data.client_name}</strong>
          </p>
        )}
        <form onSubmit={form.onSubmit((values) => {
            if (!busy) signIn.mutate(values);
          })}>
          <TextInput label="Email" type="email" autoComplete="username" required withAsterisk={false} data-autofocus autoFocus {...form.getInputProps('email')} />
          <PasswordInput
            label="Password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            visibilityToggleButtonProps={{ 'aria-label': 'Show what you typed' }}
            {...form.getInputProps('password')}
          />
          {signIn.isError && (
            <div role="alert">
              <Note tone="danger">{explain(signIn.error)}</Note>
            </div>
          )}
          <Button type="submit" fullWidth loading={busy}>
            Sign in
          </Button>
        </form>
      </div>
    </main>
  );
}

function explain(error: unknown): string {
  if (isProblem(error, 'wrong-credentials')) return 'Wrong email or password';
  if (isProblem(error, 'too-many-requests')) {
    const minutes = error.retry_after_seconds === null ? null : Math.ceil(error.retry_after_seconds / 60);
    return `Too many attempts. Try again ${minutes === null ? 'later' : minutes <= 1 ? 'in a minute' : `in ${minutes} minutes`}.`;
  }
  return error instanceof Error ? error.message : 'Something unexpected happened.';
}
