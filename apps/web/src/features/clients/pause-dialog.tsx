import { type Client, STATUS_REASON_MAX } from '@behalf/domain';
import { Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { fieldErrors } from '../../lib/field-errors.js';
import { ConfirmDialog } from '../../ui/dialog.js';
import { FailureNote } from '../../ui/failure-note.js';
import { ImpactNote } from './impact-note.js';
import { type StatusChange, useChangeStatus } from './use-change-status.js';

interface Props {
  readonly client: Client;
  readonly onClose: () => void;
}

/** Turning a client off: what ends, why, and until when. */
export function PauseDialog({ client, onClose }: Props) {
  const [reason, setReason] = useState('');
  const [resume, setResume] = useState('');
  const [now] = useState(Date.now);
  const pause = useChangeStatus(client, onClose);
  const faults = fieldErrors(pause.error);
  const past = resume !== '' && new Date(resume).getTime() <= now;
  return (
    <ConfirmDialog
      title="Pause OAuth client"
      text={<Consequence name={client.client_name} />}
      action="Pause client"
      pending={pause.pending}
      disabled={past}
      unsaved={reason !== '' || resume !== ''}
      onClose={onClose}
      onConfirm={() => pause.run({ status: 'disabled', ...toChange(reason.trim(), resume) })}
    >
      <ImpactNote clients={[client]} end="end for good" />
      <Textarea
        label="Reason"
        description="Optional. Other administrators and the audit log see it."
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        maxLength={STATUS_REASON_MAX}
        error={faults['reason']}
        autosize
        minRows={2}
        maxRows={5}
      />
      <TextInput
        type="datetime-local"
        label="Resume automatically at"
        description="Optional, in your time zone. Until then it stays off."
        value={resume}
        min={toLocalInput(new Date(now))}
        onChange={(event) => setResume(event.currentTarget.value)}
        error={past ? 'Choose a time in the future.' : faults['resume_at']}
      />
      <FailureNote
        title="The client was not paused"
        error={pause.error}
        except={['validation-failed']}
        lost={{
          title: 'The client may have been paused',
          text: 'The connection was lost before the answer came. Pause it again: a client that is paused already stays so.',
        }}
      />
    </ConfirmDialog>
  );
}

function Consequence({ name }: { name: string }) {
  return (
    <>
      Existing tokens stop working immediately. <strong className="b-strong">{name}</strong> gets no new ones until it is enabled again;
      that brings none back, its users sign in again.
    </>
  );
}

/** What was left empty is not sent. */
function toChange(reason: string, resume: string): Omit<StatusChange, 'status'> {
  return { ...(reason && { reason }), ...(resume && { resume_at: new Date(resume).toISOString() }) };
}

const MINUTE_MILLISECONDS = 60_000;

/** As the browser's own field writes a local time: without zone and seconds. */
function toLocalInput(at: Date): string {
  return new Date(at.getTime() - at.getTimezoneOffset() * MINUTE_MILLISECONDS).toISOString().slice(0, 16);
}
