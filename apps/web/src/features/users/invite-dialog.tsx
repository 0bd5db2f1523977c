import { checkEmail, checkUserName, type InvitedUser, type Role } from '@behalf/domain';
import { Button, TextInput } from '@mantine/core';
import { useForm, type UseFormReturnType } from '@mantine/form';
import { byField, fieldErrors } from '../../lib/field-errors.js';
import { api } from '../../lib/http.js';
import { useAction } from '../../lib/use-action.js';
import { Dialog } from '../../ui/dialog.js';
import { FailureNote } from '../../ui/failure-note.js';
import { MultiSelect } from '../../ui/select.js';
import { LinkDialog } from './link-dialog.js';
import { RoleSelect } from './role-select.js';
import { useOrganizationTeams } from './use-organization-teams.js';
import { useRefreshUsers } from './use-change-user.js';

interface Values {
  email: string;
  name: string;
  team_ids: string[];
  role: Role;
}

/** A new user, the teams they start in, and the link to hand over. */
export function InviteDialog({ onClose }: { onClose: () => void }) {
  const form = useForm<Values>({
    initialValues: { email: '', name: '', team_ids: [], role: 'standard_user' },
    validate: ({ email, name, team_ids }) => ({
      ...byField([checkEmail(email.trim()), checkUserName(name)]),
      ...(team_ids.length ? {} : { team_ids: 'Choose at least one team.' }),
    }),
  });
  const invite = useInvite((error) => form.setErrors(placeErrors(error)));
  if (invite.answer) {
    const { user, invitation_url } = invite.answer;
    const text = `Give this link to ${user.name}. No e-mail is sent.`;
    return <LinkDialog title="User invited" text={text} url={invitation_url} onDone={onClose} />;
  }
  return (
    <Dialog
      title="Invite user"
      text="Makes an account, and a link by which the user sets a password."
      unsaved={form.isDirty()}
      onClose={onClose}
      onSubmit={() => !form.validate().hasErrors && invite.run(form.getValues())}
      foot={(close) => (
        <>
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={invite.pending}>
            Invite user
          </Button>
        </>
      )}
    >
      <Fields form={form} />
      <FailureNote title="The user was not invited" error={invite.error} except={['validation-failed']} />
    </Dialog>
  );
}

function Fields({ form }: { form: UseFormReturnType<Values> }) {
  const teams = useOrganizationTeams();
  return (
    <>
      <TextInput label="Email" type="email" autoComplete="off" data-autofocus {...form.getInputProps('email')} />
      <TextInput label="Name" autoComplete="off" {...form.getInputProps('name')} />
      <MultiSelect
        label="Teams"
        placeholder={form.values.team_ids.length ? undefined : 'Choose teams'}
        searchable
        data={teams.map(({ id, name }) => ({ value: id, label: name }))}
        {...form.getInputProps('team_ids')}
      />
      <RoleSelect
        label="Role"
        description="The same in each of these teams. It can be changed later, one by one."
        value={form.values.role}
        onChange={(role) => form.setFieldValue('role', role)}
      />
    </>
  );
}

function useInvite(onRefused: (error: Error) => void) {
  const refresh = useRefreshUsers();
  return useAction({
    mutationFn: ({ email, name, team_ids, role }: Values) =>
      api<InvitedUser>('POST', '/users', { email: email.trim(), name, memberships: team_ids.map((team_id) => ({ team_id, role })) }),
    onSuccess: () => refresh(),
    onError: onRefused,
  });
}

/** What is wrong with a membership is said at the teams. */
function placeErrors(error: Error): Record<string, string> {
  const errors = fieldErrors(error);
  const membership = Object.keys(errors).find((path) => path.startsWith('memberships'));
  return membership === undefined ? errors : { ...errors, team_ids: errors[membership]! };
}
