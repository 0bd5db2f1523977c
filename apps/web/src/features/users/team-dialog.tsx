import { checkTeamName, type Team } from '@behalf/domain';
import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { byField, fieldErrors } from '../../lib/field-errors.js';
import { api } from '../../lib/http.js';
import { teamPath } from '../../lib/resources.js';
import { useAction } from '../../lib/use-action.js';
import { useSession } from '../../lib/use-session.js';
import { Dialog } from '../../ui/dialog.js';
import { FailureNote } from '../../ui/failure-note.js';
import { toast } from '../../ui/toast.js';
import { useRefreshPeople } from './use-people.js';

/** A team's name; null makes a new team. */
export function TeamDialog({ team, onClose }: { team: Team | null; onClose: () => void }) {
  const form = useForm({ initialValues: { name: team?.name ?? '' }, validate: ({ name }) => byField([checkTeamName(name)]) });
  const action = team ? 'Rename team' : 'Create team';
  const save = useSaveTeam(team, onClose, (error) => form.setErrors(fieldErrors(error)));
  return (
    <Dialog
      title={action}
      text={
        team
          ? 'The new name is shown at once, on consent pages too. Tokens and clients stay as they are.'
          : 'A team is a place that users act in. Unrestricted clients may act on it once a user consents to it.'
      }
      size={440}
      unsaved={form.isDirty()}
      onClose={onClose}
      onSubmit={() => !form.validate().hasErrors && save.run(form.getValues())}
      foot={(close) => (
        <>
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={save.pending}>
            {action}
          </Button>
        </>
      )}
    >
      <TextInput label="Team name" autoComplete="off" data-autofocus {...form.getInputProps('name')} />
      <FailureNote title={team ? 'The team was not renamed' : 'No team was made'} error={save.error} except={['validation-failed']} />
    </Dialog>
  );
}

function useSaveTeam(team: Team | null, onDone: () => void, onRefused: (error: Error) => void) {
  const { organization } = useSession();
  const refresh = useRefreshPeople();
  return useAction({
    mutationFn: ({ name }: { name: string }) =>
      team ? api<Team>('PATCH', teamPath(team.id), { name }) : api<Team>('POST', '/teams', { name, organization_id: organization.id }),
    onSuccess: async ({ name }) => {
      toast(team ? `${team.name} is now called ${name}` : `${name} was created`);
      await refresh(onDone);
    },
    onError: onRefused,
  });
}
