import { checkUserName, type User } from '@behalf/domain';
import { Button, Skeleton, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconGhost } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { byField, fieldErrors } from '../../lib/field-errors.js';
import { isProblem } from '../../lib/http.js';
import { userQuery } from '../../lib/resources.js';
import { usePermission } from '../../lib/use-session.js';
import { useUnsaved } from '../../lib/use-unsaved.js';
import { DiscardDialog } from '../../ui/dialog.js';
import { FailureNote } from '../../ui/failure-note.js';
import { SideDrawer } from '../../ui/side-drawer.js';
import { EmptyState, ErrorState } from '../../ui/states.js';
import { AccountSection } from './account-section.js';
import { Memberships } from './memberships.js';
import { useChangeUser } from './use-change-user.js';
import { useCloseDrawer } from './use-people.js';
import { UserHead } from './user-head.js';
import { useHome } from './user-marks.js';

const route = getRouteApi('/shell/settings/users/$user_id');

/** One user's own drawer: fetched, since its address may have been shared. */
export function UserDrawer() {
  const { user_id } = route.useParams();
  const { data, error, refetch } = useQuery(userQuery(user_id));
  const close = useCloseDrawer();
  // Also when they were here a moment ago: whoever leaves the last team of an organization is nobody in it.
  const gone = isProblem(error, 'not-found');
  if (data && !gone) return <LoadedDrawer key={user_id} user={data} onClose={close} />;
  return (
    <SideDrawer title="User" label="User" onClose={close} foot={<CloseButton onClose={close} />}>
      <div className="b-people-section">
        {gone && (
          <EmptyState
            icon={<IconGhost size={20} stroke={1.6} />}
            title="There is no such user here"
            text="They left this organization, or belong to another one. The top bar switches between yours."
          />
        )}
        {error && !gone && <ErrorState what="The user" error={error} onRetry={() => void refetch()} />}
        {!error && <DrawerSkeleton what="the user" />}
      </div>
    </SideDrawer>
  );
}

function LoadedDrawer({ user, onClose }: { user: User; onClose: () => void }) {
  const home = useHome(user);
  const manage = usePermission('USER_MANAGE') && home.isHere;
  const name = useName(user);
  const unsaved = useUnsaved(name.form.isDirty());
  return (
    <>
      <SideDrawer
        title={manage ? 'Edit user' : 'User'}
        label={user.name}
        onClose={onClose}
        onSubmit={() => manage && name.save()}
        note={<NameFailure error={name.error} />}
        foot={
          <>
            {manage && <span className="b-drawer-state">{name.form.isDirty() ? 'Unsaved changes' : 'No unsaved changes'}</span>}
            <CloseButton onClose={onClose} />
            {manage && (
              <Button type="submit" disabled={!name.form.isDirty()} loading={name.pending}>
                Save name
              </Button>
            )}
          </>
        }
      >
        <UserHead user={user} />
        {manage && (
          <div className="b-people-section">
            <TextInput label="Name" autoComplete="off" data-autofocus {...name.form.getInputProps('name')} />
          </div>
        )}
        <Memberships user={user} />
        {manage && <AccountSection user={user} />}
      </SideDrawer>
      {unsaved.asked && <DiscardDialog text="The name has not been saved." onStay={unsaved.stay} onDiscard={unsaved.discard} />}
    </>
  );
}

function useName(user: User) {
  const form = useForm({ initialValues: { name: user.name }, validate: ({ name }) => byField([checkUserName(name)]) });
  const change = useChangeUser(user, {
    done: ({ name }) => `${user.name} is now called ${name}`,
    onDone: () => form.resetDirty(),
    onRefused: (error) => form.setErrors(fieldErrors(error)),
  });
  const save = () => {
    if (form.isDirty() && !form.validate().hasErrors) change.run({ name: form.getValues().name });
  };
  return { form, save, pending: change.pending, error: change.error };
}

function NameFailure({ error }: { error: Error | null }) {
  if (!error || isProblem(error, 'validation-failed', 'not-signed-in')) return null;
  return (
    <div className="b-drawer-note">
      <FailureNote title="The name was not saved" error={error} />
    </div>
  );
}

export function CloseButton({ onClose }: { onClose: () => void }) {
  return (
    <Button variant="default" className="b-push-left" onClick={onClose}>
      Close
    </Button>
  );
}

export function DrawerSkeleton({ what }: { what: string }) {
  return (
    <div role="status" aria-label={`Loading ${what}`}>
      <Skeleton height={16} width="40%" mb={10} />
      <Skeleton height={12} width="55%" mb={32} />
      <Skeleton height={14} width="25%" mb={12} />
      <Skeleton height={32} mb={24} />
      <Skeleton height={96} />
    </div>
  );
}
