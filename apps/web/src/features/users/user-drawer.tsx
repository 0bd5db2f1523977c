import { checkUserName, type User } from '@behalf/domain';
import { Button, Skeleton, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { byField } from '../../lib/field-errors.js';
import { userQuery } from '../../lib/resources.js';
import { usePermission } from '../../lib/use-session.js';
import { useUnsaved } from '../../lib/use-unsaved.js';
import { DiscardDialog } from '../../ui/discard-dialog.js';
import { Note } from '../../ui/note.js';
import { SideDrawer } from '../../ui/side-drawer.js';
import { ErrorState } from '../../ui/states.js';
import { AddMembership, MembershipRow } from './memberships.js';
import { useChangeUser } from './use-change-user.js';

interface Props {
  readonly user_id: string;
  readonly onClose: () => void;
}

/** One user: the name, and what they are in each team. */
export function UserDrawer({ user_id, onClose }: Props) {
  const { data, error, refetch } = useQuery(userQuery(user_id));
  if (data) return <LoadedDrawer user={data} onClose={onClose} />;
  return (
    <SideDrawer title="Edit user" label="User" onClose={onClose} foot={null}>
      <div className="b-drawer-section">
        {error ? <ErrorState what="The user" error={error} onRetry={() => void refetch()} /> : <Skeleton height={160} />}
      </div>
    </SideDrawer>
  );
}

function LoadedDrawer({ user, onClose }: { user: User; onClose: () => void }) {
  const manage = usePermission('USER_MANAGE');
  const manageTeams = usePermission('TEAM_MANAGE');
  const form = useForm({ initialValues: { name: user.name }, validate: ({ name }) => byField([checkUserName(name)]) });
  const change = useChangeUser(user);
  const unsaved = useUnsaved(form.isDirty());
  const save = () => {
    if (form.validate().hasErrors) return;
    change.run({ name: form.getValues().name });
    form.resetDirty();
  };
  return (
    <>
      <SideDrawer
        title="Edit user"
        label={user.name}
        covered={unsaved.asked}
        onClose={onClose}
        onSubmit={() => manage && form.isDirty() && save()}
        foot={
          <>
            <span className="b-drawer-state">{form.isDirty() ? 'Unsaved changes' : 'No unsaved changes'}</span>
            <Button variant="default" onClick={onClose}>
              Close
            </Button>
            {manage && (
              <Button type="submit" disabled={!form.isDirty()} loading={change.pending}>
                Save name
              </Button>
            )}
          </>
        }
      >
        <div className="b-drawer-section">
          <TextInput label="Name" data-autofocus disabled={!manage} {...form.getInputProps('name')} />
          <TextInput label="Email" type="email" value={user.email} readOnly />
        </div>
        <fieldset className="b-drawer-section b-memberships-edit">
          <legend>Teams and roles</legend>
          <Note tone="info">A change acts at once, on the tokens that {user.name} authorized too.</Note>
          {user.teams.map((team) => (
            <MembershipRow key={team.id} user={user} team={team} manage={manageTeams} />
          ))}
          {!user.teams.length && <p className="b-help">In no team of this organization.</p>}
          {manageTeams && <AddMembership user={user} />}
        </fieldset>
      </SideDrawer>
      {unsaved.asked && <DiscardDialog text="The name has not been saved." onStay={unsaved.stay} onDiscard={unsaved.discard} />}
    </>
  );
}
