import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect } from 'react';
import { isProblem, messageOf } from '../../lib/http.js';
import { leaveTo, resumeAddress } from '../../lib/navigate.js';
import { authorizationRequestQuery } from '../../lib/resources.js';
import { useTitle } from '../../lib/use-title.js';
import { Note } from '../../ui/note.js';
import { PasswordField } from '../../ui/password-field.js';
import { EntrancePage } from '../../ui/entrance.js';
import { EndedRequest } from './ended-request.js';
import { tooManyAttempts } from './too-many-attempts.js';
import { useSignIn } from './use-sign-in.js';

const route = getRouteApi('/login');

/** Signing in: for the console itself, or on the way to an application that asked for it. */
export function LoginPage() {
  const { request_id, return_to } = route.useSearch();
  const request = useQuery({ ...authorizationRequestQuery(request_id ?? ''), enabled: request_id !== undefined });
  const { data, error } = request;
  useTitle('Sign in');
  // Signed in already, and recently enough: the server knows what comes next.
  const waiting = request_id !== undefined && data !== undefined && data.user !== null;
  useEffect(() => {
    if (waiting) leaveTo(resumeAddress(request_id));
  }, [waiting, request_id]);
  if (isProblem(error, 'request-gone', 'not-found', 'validation-failed')) return <EndedRequest error={error} request_id={request_id} />;
  return (
    <EntrancePage
      title="Sign in to Behalf"
      text={
        data && (
          <>
            to continue to{' '}
            <strong>
              <bdi>{data.client_name}</bdi>
            </strong>
          </>
        )
      }
      below="Forgot your password? Your administrator can send you a reset link."
    >
      <SignInForm request_id={request_id} return_to={return_to} login_hint={data?.login_hint ?? ''} waiting={waiting} />
    </EntrancePage>
  );
}

interface FormProps {
  readonly request_id: string | undefined;
  readonly return_to: string | undefined;
  /** Whom the application expects. */
  readonly login_hint: string;
  readonly waiting: boolean;
}

function SignInForm({ request_id, return_to, login_hint, waiting }: FormProps) {
  const form = useCredentials(login_hint);
  const signIn = useSignIn(request_id, return_to, () => {
    form.setFieldValue('password', '');
    form.getInputNode('password')?.focus();
  });
  return (
    <form noValidate onSubmit={form.onSubmit((values) => signIn.run(values))}>
      <TextInput label="Email" type="email" name="email" autoComplete="username" autoFocus {...form.getInputProps('email')} />
      <PasswordField label="Password" name="password" autoComplete="current-password" {...form.getInputProps('password')} />
      {signIn.error && (
        <div role="alert">
          <Note tone="danger">{explain(signIn.error)}</Note>
        </div>
      )}
      <Button type="submit" fullWidth loading={waiting || signIn.pending || signIn.done}>
        Sign in
      </Button>
    </form>
  );
}

function useCredentials(login_hint: string) {
  const form = useForm({
    initialValues: { email: '', password: '' },
    validate: {
      email: (email) => (email.trim() === '' ? 'Enter your email address.' : null),
      password: (password) => (password === '' ? 'Enter your password.' : null),
    },
  });
  useEffect(() => {
    if (login_hint !== '' && form.getValues().email === '') form.setFieldValue('email', login_hint);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- The hint fills the field once, not whenever the form changes.
  }, [login_hint]);
  return form;
}

function explain(error: Error): string {
  if (isProblem(error, 'wrong-credentials')) return 'Wrong email or password';
  return isProblem(error, 'too-many-requests') ? tooManyAttempts(error) : messageOf(error);
}
