import type { DeviceOutcome } from '@behalf/domain';
import { Button, TextInput } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { type SubmitEvent, useState } from 'react';
import { fieldErrors } from '../../lib/field-errors.js';
import { api, isProblem } from '../../lib/http.js';
import { consentAddress, deviceAddress, leaveTo, loginFor } from '../../lib/navigate.js';
import { useAction } from '../../lib/use-action.js';
import { useTitle } from '../../lib/use-title.js';
import { EntrancePage } from '../../ui/entrance.js';
import { FailureNote } from '../../ui/failure-note.js';
import { Note } from '../../ui/note.js';
import { tooManyAttempts } from './too-many-attempts.js';

const route = getRouteApi('/device');

/** Where a user enters the code that a device shows (RFC 8628 §3.3), and where their decision leads back to. */
export function DevicePage() {
  const { user_code, outcome } = route.useSearch();
  if (outcome !== undefined) return <DecidedPage outcome={outcome} />;
  return <CodePage user_code={user_code} />;
}

function CodePage({ user_code }: { user_code: string | undefined }) {
  useTitle('Connect a device');
  return (
    <EntrancePage
      title="Connect a device"
      text={
        user_code === undefined ? 'Enter the code that the device shows.' : 'Go on only if the device in front of you shows this very code.'
      }
      below="Never enter a code that somebody has sent you: whoever holds that device would act with your permissions."
    >
      <CodeForm user_code={user_code ?? ''} />
    </EntrancePage>
  );
}

function CodeForm({ user_code }: { user_code: string }) {
  const [typed, type] = useState(user_code);
  const [missing, setMissing] = useState(false);
  const open = useAction({
    mutationFn: (code: string) => api<{ request_id: string }>('POST', '/device-authorizations', { user_code: code }),
    meta: { signs_in_itself: true },
    onSuccess: ({ request_id }) => leaveTo(consentAddress(request_id)),
    onError: (error, code) => {
      if (isProblem(error, 'not-signed-in')) leaveTo(loginFor(deviceAddress(code)));
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setMissing(typed.trim() === '');
    if (typed.trim() !== '') open.run(typed);
  };
  return (
    <form noValidate onSubmit={submit}>
      <TextInput
        label="Code"
        placeholder="BCDF-GHJK"
        classNames={{ input: 'b-mono' }}
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        autoFocus
        value={typed}
        error={missing ? 'Enter the code.' : fieldErrors(open.error)['user_code']}
        onChange={({ currentTarget: { value } }) => {
          type(value);
          setMissing(false);
          if (open.error) open.reset();
        }}
      />
      {isProblem(open.error, 'too-many-requests') && (
        <div role="alert">
          <Note tone="danger">{tooManyAttempts(open.error)}</Note>
        </div>
      )}
      <FailureNote title="The code could not be checked" error={open.error} except={['validation-failed', 'too-many-requests']} />
      <Button type="submit" fullWidth loading={open.pending || open.done}>
        Continue
      </Button>
    </form>
  );
}

function DecidedPage({ outcome }: { outcome: DeviceOutcome }) {
  const title = outcome === 'allowed' ? 'The device is connected' : 'The device was refused';
  useTitle(title);
  return (
    <EntrancePage title={title}>
      {outcome === 'allowed' ? (
        <>
          <p>Go back to it: it goes on by itself within a few seconds. You can close this page.</p>
          <p>Its access stands in Active Sessions, where you can end it.</p>
          <Button component="a" href="/security/active-sessions" variant="default" fullWidth mt={16}>
            See Active Sessions
          </Button>
        </>
      ) : (
        <p>It was given no access. You can close this page.</p>
      )}
    </EntrancePage>
  );
}
