import { checkUserName, type UserRef } from '@behalf/domain';
import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import { byField, fieldErrors } from '../../lib/field-errors.js';
import { api, isProblem } from '../../lib/http.js';
import { sessionQuery } from '../../lib/resources.js';
import { useAction } from '../../lib/use-action.js';
import { useSession } from '../../lib/use-session.js';
import { FormPanel } from '../../ui/panel.js';
import { toast, toastFailure } from '../../ui/toast.js';

/** One's own name. The address belongs to the administrators. */
export function ProfileForm() {
  const { user } = useSession();
  const queryClient = useQueryClient();
  const form = useForm({ initialValues: { name: user.name }, validate: ({ name }) => byField([checkUserName(name)]) });
  const save = useAction({
    mutationFn: (name: string) => api<UserRef>('PATCH', '/me', { name }),
    onSuccess: async (_answer) => {
      form.resetDirty();
      toast('Your name was saved');
      await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
    },
    onError: (error) =>
      isProblem(error, 'validation-failed') ? form.setErrors(fieldErrors(error)) : toastFailure('Your name was not saved', error),
  });
  return (
    <FormPanel
      title="Profile"
      text="Your name is shown to applications that you sign in to."
      onSubmit={() => !form.validate().hasErrors && save.run(form.getValues().name)}
      foot={
        <Button type="submit" disabled={!form.isDirty()} loading={save.pending}>
          Save name
        </Button>
      }
    >
      <TextInput label="Name" autoComplete="name" {...form.getInputProps('name')} />
      <TextInput label="Email" type="email" value={user.email} readOnly />
    </FormPanel>
  );
}
