import { checkPassword, PASSWORD_MIN_CHARACTERS } from '@behalf/domain';
import { Button } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import { byField, fieldErrors } from '../../lib/field-errors.js';
import { api, isProblem, messageOf } from '../../lib/http.js';
import { useAction } from '../../lib/use-action.js';
import { Note } from '../../ui/note.js';
import { FormPanel } from '../../ui/panel.js';
import { PasswordField } from '../../ui/password-field.js';
import { toast } from '../../ui/toast.js';

/** One's own password; changing it ends one's other browser sessions. */
export function PasswordForm() {
  const queryClient = useQueryClient();
  const form = useForm({
    initialValues: { current_password: '', new_password: '' },
    validate: ({ current_password, new_password }) => ({
      ...byField([checkPassword(new_password, '/new_password')]),
      ...(current_password === '' ? { current_password: 'Enter your current password.' } : {}),
    }),
  });
  const change = useAction({
    mutationFn: (passwords: typeof form.values) => api<void>('PUT', '/me/password', passwords),
    onSuccess: async () => {
      form.reset();
      toast('Your password was changed, and your other browsers are signed out');
      await queryClient.invalidateQueries({ queryKey: ['ui-sessions'] });
    },
    onError: (error) => {
      if (isProblem(error, 'validation-failed')) form.setErrors(fieldErrors(error));
      if (isProblem(error, 'wrong-credentials')) form.setErrors({ current_password: 'This is not your current password.' });
    },
  });
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
      {change.error && !isProblem(change.error, 'validation-failed', 'wrong-credentials', 'not-signed-in') && (
        <div role="alert">
          <Note tone="danger" title="Your password was not changed">
            {messageOf(change.error)}
          </Note>
        </div>
      )}
    </FormPanel>
  );
}
