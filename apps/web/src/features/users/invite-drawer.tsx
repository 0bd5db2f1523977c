import { checkEmail, checkUserName, type InvitedUser, type Role } from '@behalf/domain';
import { Button, TextInput } from '@mantine/core';
import { useForm, type UseFormReturnType } from '@mantine/form';
import { byField, fieldErrors } from '../../lib/field-errors.js';
import { api } from '../../lib/http.js';
import { useAction } from '../../lib/use-action.js';
import { useUnsaved } from '../../lib/use-unsaved.js';
import { DiscardDialog } from '../../ui/dialog.js';
import { FailureNote } from '../../ui/failure-note.js';
import { SideDrawer } from '../../ui/side-drawer.js';
import { InviteTeams } from './invite-teams.js';
import { LinkDialog } from './link-dialog.js';
import { useCloseDrawer, useRefreshPeople } from './use-people.js';

export interface InviteValues {
  email: string;
  name: string;
  memberships: { team_id: string; role: Role }[];
}

export type InviteForm = UseFormReturnType<InviteValues>;

/** A new user, what they are in which team, and the link to hand over. */
export function InviteDrawer() {
  const close = useCloseDrawer();
  const form = useForm<InviteValues>({
    initialValues: { email: '', name: '', memberships: [{ team_id: '', role: 'standard_user' }] },
    validate: ({ email, name, memberships }) => ({
      ...byField([checkEmail(email.trim()), checkUserName(name)]),
      ...teamErrors(memberships),
    }),
  });
  const invite = useInvite((error) => form.setErrors(fieldErrors(error)));
  const unsaved = useUnsaved(form.isDirty() && !invite.done);
  if (invite.answer) {
    const { user, invitation_url } = invite.answer;
    return <LinkDialog title="User invited" user={user} url={invitation_url} onDone={close} />;
  }
  return (
    <>
      <SideDrawer
        title="Invite user"
        label="Invitation"
        onClose={close}
        onSubmit={() => !form.validate().hasErrors && invite.run(form.getValues())}
        note={invite.error && <InviteFailure error={invite.error} />}
        foot={
          <>
            <span className="b-drawer-state">{faultsText(form)}</span>
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={invite.pending}>
              Invite user
            </Button>
          </>
        }
      >
        <fieldset className="b-people-section">
          <legend>Details</legend>
          <p className="b-people-text">Makes an account in this organization, and a link by which the user sets a password.</p>
          <TextInput label="Email" type="email" autoComplete="off" data-autofocus {...form.getInputProps('email')} />
          <TextInput label="Name" autoComplete="off" {...form.getInputProps('name')} />
        </fieldset>
        <InviteTeams form={form} />
      </SideDrawer>
      {unsaved.asked && <DiscardDialog text="The invitation has not been made." onStay={unsaved.stay} onDiscard={unsaved.discard} />}
    </>
  );
}

function InviteFailure({ error }: { error: Error }) {
  return (
    <div className="b-people-failure">
      <FailureNote
        title="The user was not invited"
        error={error}
        except={['validation-failed']}
        lost={{
          title: 'The user may have been invited',
          text: 'The connection was lost before the link came. Look for the address in the list: a new link can be made there.',
        }}
      />
    </div>
  );
}

function faultsText(form: InviteForm): string {
  const faults = Object.keys(form.errors).length;
  if (!faults) return '';
  return faults === 1 ? '1 field needs attention' : `${faults} fields need attention`;
}

function teamErrors(memberships: InviteValues['memberships']): Record<string, string> {
  const ids = memberships.map(({ team_id }) => team_id);
  const faults = ids.map((id, place) => {
    const key = `memberships.${place}.team_id`;
    if (id === '') return [key, 'Choose a team.'];
    return ids.indexOf(id) < place ? [key, 'This team is named twice.'] : null;
  });
  return Object.fromEntries(faults.filter((fault) => fault !== null));
}

function useInvite(onRefused: (error: Error) => void) {
  const refresh = useRefreshPeople();
  return useAction({
    mutationFn: ({ email, name, memberships }: InviteValues) =>
      api<InvitedUser>('POST', '/users', { email: email.trim(), name, memberships }),
    onSuccess: () => refresh(),
    onError: onRefused,
  });
}
