import { checkTeamName, type Team } from '@behalf/domain';
import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPencil, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { byField, fieldErrors } from '../../lib/field-errors.js';
import { api } from '../../lib/http.js';
import { teamsPageQuery } from '../../lib/resources.js';
import { useAction } from '../../lib/use-action.js';
import { useRows } from '../../lib/use-rows.js';
import { usePermission, useSession } from '../../lib/use-session.js';
import { Dialog } from '../../ui/dialog.js';
import { FailureNote } from '../../ui/failure-note.js';
import { ListFoot } from '../../ui/list-foot.js';
import { RowActions } from '../../ui/row-actions.js';
import { ErrorState } from '../../ui/states.js';
import { type Column, Table } from '../../ui/table.js';
import { toast } from '../../ui/toast.js';
import { useRefreshUsers } from './use-change-user.js';

const MIN_WIDTH = 480;

/** The teams of the organization. */
export function TeamList() {
  const { organization } = useSession();
  const manage = usePermission('TEAM_MANAGE');
  const list = useRows(teamsPageQuery({ organization_id: organization.id }));
  const [dialog, open] = useState<Team | 'new' | null>(null);
  return (
    <>
      <div className="b-toolbar b-below-tabs">
        {manage && (
          <Button variant="default" leftSection={<IconPlus size={15} stroke={1.6} />} onClick={() => open('new')}>
            Create team
          </Button>
        )}
      </div>
      {list.error ? (
        <ErrorState what="The teams" error={list.error} onRetry={list.retry} />
      ) : (
        <Table label="teams" columns={columnsOf(manage, open)} rows={list.rows} rowKey={({ id }) => id} minWidth={MIN_WIDTH} />
      )}
      <ListFoot list={list} one="team" many="teams" />
      {dialog && <TeamDialog team={dialog === 'new' ? null : dialog} onClose={() => open(null)} />}
    </>
  );
}

function columnsOf(manage: boolean, onRename: (team: Team) => void): Column<Team>[] {
  const action = (team: Team) => ({ label: `Rename ${team.name}`, short: 'Rename', icon: IconPencil, onClick: () => onRename(team) });
  return [
    { title: 'Name', place: 'title', cell: ({ name }) => <span className="b-name">{name}</span> },
    { title: 'Members', width: 140, cell: ({ members }) => members },
    {
      title: 'Actions',
      hidden: true,
      width: 60,
      place: 'corner',
      cell: (team) => manage && <RowActions name={team.name} actions={[action(team)]} />,
    },
  ];
}

function TeamDialog({ team, onClose }: { team: Team | null; onClose: () => void }) {
  const form = useForm({ initialValues: { name: team?.name ?? '' }, validate: ({ name }) => byField([checkTeamName(name)]) });
  const action = team ? 'Rename team' : 'Create team';
  const save = useSaveTeam(team, onClose, (error) => form.setErrors(fieldErrors(error)));
  return (
    <Dialog
      title={action}
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
      <FailureNote error={save.error} except={['validation-failed']} />
    </Dialog>
  );
}

function useSaveTeam(team: Team | null, onDone: () => void, onRefused: (error: Error) => void) {
  const { organization } = useSession();
  const refresh = useRefreshUsers();
  return useAction({
    mutationFn: ({ name }: { name: string }) =>
      team ? api<Team>('PATCH', `/teams/${team.id}`, { name }) : api<Team>('POST', '/teams', { name, organization_id: organization.id }),
    onSuccess: async ({ name }) => {
      onDone();
      toast(team ? `${team.name} is now ${name}` : `${name} was created`);
      await refresh();
    },
    onError: onRefused,
  });
}
