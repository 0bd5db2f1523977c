import { checkTeamName, type Team } from '@behalf/domain';
import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPencil, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { byField, fieldErrors } from '../../lib/field-errors.js';
import { api, isProblem, messageOf } from '../../lib/http.js';
import { teamsPageQuery } from '../../lib/resources.js';
import { useAction } from '../../lib/use-action.js';
import { useRows } from '../../lib/use-rows.js';
import { usePermission, useSession } from '../../lib/use-session.js';
import { Dialog } from '../../ui/dialog.js';
import { ListFoot } from '../../ui/list-foot.js';
import { Note } from '../../ui/note.js';
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
  const columns: Column<Team>[] = [
    { title: 'Name', place: 'title', cell: ({ name }) => <span className="b-name">{name}</span> },
    { title: 'Members', width: 140, cell: ({ members }) => members },
    {
      title: 'Actions',
      hidden: true,
      width: 60,
      place: 'corner',
      cell: (team) =>
        manage && (
          <RowActions
            name={team.name}
            actions={[{ label: `Rename ${team.name}`, short: 'Rename', icon: IconPencil, onClick: () => open(team) }]}
          />
        ),
    },
  ];
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
        <Table label="teams" columns={columns} rows={list.rows} rowKey={({ id }) => id} minWidth={MIN_WIDTH} />
      )}
      <ListFoot list={list} one="team" many="teams" />
      {dialog && <TeamDialog team={dialog === 'new' ? null : dialog} onClose={() => open(null)} />}
    </>
  );
}

function TeamDialog({ team, onClose }: { team: Team | null; onClose: () => void }) {
  const { organization } = useSession();
  const refresh = useRefreshUsers();
  const form = useForm({ initialValues: { name: team?.name ?? '' }, validate: ({ name }) => byField([checkTeamName(name)]) });
  const action = team ? 'Rename team' : 'Create team';
  const save = useAction({
    mutationFn: ({ name }: { name: string }) =>
      team ? api<Team>('PATCH', `/teams/${team.id}`, { name }) : api<Team>('POST', '/teams', { name, organization_id: organization.id }),
    onSuccess: async ({ name }) => {
      onClose();
      toast(team ? `${team.name} is now ${name}` : `${name} was created`);
      await refresh();
    },
    onError: (error) => isProblem(error, 'validation-failed') && form.setErrors(fieldErrors(error)),
  });
  return (
    <Dialog
      title={action}
      size={440}
      onClose={onClose}
      onSubmit={() => !form.validate().hasErrors && save.run(form.getValues())}
      foot={
        <>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.pending}>
            {action}
          </Button>
        </>
      }
    >
      <TextInput label="Team name" autoComplete="off" data-autofocus {...form.getInputProps('name')} />
      {save.error && !isProblem(save.error, 'validation-failed', 'not-signed-in') && (
        <div role="alert">
          <Note tone="danger">{messageOf(save.error)}</Note>
        </div>
      )}
    </Dialog>
  );
}
