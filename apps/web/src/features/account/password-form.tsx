import { checkPassword, PASSWORD_MIN_CHARACTERS } from '@behalf/domain';
import { Button } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import { byField, fieldErrors } from '../../lib/field-errors.js';
import { api } from '../../lib/http.js';
import { useAction } from '../../lib/use-action.js';
import { FailureNote } from '../../ui/failure-note.js';
import { FormPanel } from '../../ui/panel.js';
import { PasswordField } from '../../ui/password-field.js';
import { toast } from '../../ui/toast.js';

/** One's own password; changing it ends one's other browser sessions. */
export function PasswordForm() {
  const form = useForm({
    initialValues: { current_password: '', new_password: '' },
    validate: ({ current_password, new_password }) => ({
      ...byField([checkPassword(new_password, '/new_password')]),
      ...(current_password === '' ? { current_password: 'Enter your current password.' } : {}),
    }),
  });
  const change = useChangePassword(form.reset, (error) => form.setErrors(fieldErrors(error)));
  return (
    <FormPanel
      title="Change password"
      text="Your other browsers are signed out. Connected apps keep their access."
      onSubmit={() => !form.validate().hasErrors && change.run(form.getValues())}
      foot={
        <Button type="submit" loading={change.pending}>
          Change password
        </Button>
      }
    >
      <PasswordField label="Current password" autoComplete="current-password" {...form.getInputProps('current_password')} />
      <PasswordField
        label="New password"
        description={`At least ${PASSWORD_MIN_CHARACTERS} characters.`}
        autoComplete="new-password"
        {...form.getInputProps('new_password')}
      />
      <FailureNote title="Your password was not changed" error={change.error} except={['validation-failed']} />
    </FormPanel>
  );
}

function useChangePassword(onDone: () => void, onRefused: (error: Error) => void) {
  const queryClient = useQueryClient();
  return useAction({
    mutationFn: (passwords: { current_password: string; new_password: string }) => api<void>('PUT', '/me/password', passwords),
    onSuccess: async () => {
      onDone();
      toast('Your password was changed, and your other browsers are signed out');
      await queryClient.invalidateQueries({ queryKey: ['ui-sessions'] });
    },
    onError: onRefused,
  });
}
