import { checkUserName, type User } from '@behalf/domain';
import { Button, Skeleton, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { byField } from '../../lib/field-errors.js';
import { userQuery } from '../../lib/resources.js';
import { usePermission } from '../../lib/use-session.js';
import { useUnsaved } from '../../lib/use-unsaved.js';
import { DiscardDialog } from '../../ui/dialog.js';
import { SideDrawer } from '../../ui/side-drawer.js';
import { ErrorState } from '../../ui/states.js';
import { Memberships } from './memberships.js';
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
  const form = useForm({ initialValues: { name: user.name }, validate: ({ name }) => byField([checkUserName(name)]) });
  const change = useChangeUser(user, () => form.resetDirty());
  const unsaved = useUnsaved(form.isDirty());
  const save = () => {
    if (manage && form.isDirty() && !form.validate().hasErrors) change.run({ name: form.getValues().name });
  };
  return (
    <>
      <SideDrawer
        title="Edit user"
        label={user.name}
        onClose={onClose}
        onSubmit={save}
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
        <Memberships user={user} />
      </SideDrawer>
      {unsaved.asked && <DiscardDialog text="The name has not been saved." onStay={unsaved.stay} onDiscard={unsaved.discard} />}
    </>
  );
}
