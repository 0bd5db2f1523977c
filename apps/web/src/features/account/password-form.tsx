import { checkPassword, type Page, PASSWORD_MIN_CHARACTERS, type UiSession } from '@behalf/domain';
import { Button } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import { byField, fieldErrors } from '../../lib/field-errors.js';
import { plural } from '../../lib/format.js';
import { api } from '../../lib/http.js';
import { useAction } from '../../lib/use-action.js';
import { useSession } from '../../lib/use-session.js';
import { FailureNote } from '../../ui/failure-note.js';
import { FormPanel } from '../../ui/panel.js';
import { PasswordField } from '../../ui/password-field.js';
import { toast } from '../../ui/toast.js';

interface Passwords {
  readonly current_password: string;
  readonly new_password: string;
}

/** One's own password; changing it ends one's other browser sessions. `others`: how many there are, once it is known. */
export function PasswordForm({ others }: { others: number | undefined }) {
  const { user } = useSession();
  const form = useForm<Passwords>({
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
      text={`${elsewhere(others)} Connected apps keep their access.`}
      onSubmit={() => !form.validate().hasErrors && change.run(form.getValues())}
      foot={
        <Button type="submit" loading={change.pending}>
          Change password
        </Button>
      }
    >
      {/* Password managers learn from it whose passwords these are. */}
      <input type="text" hidden readOnly autoComplete="username" value={user.email} />
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

function elsewhere(others: number | undefined): string {
  if (others === undefined) return 'Signs your other browsers out.';
  if (others === 0) return 'You are signed in nowhere else.';
  return `Signs ${plural(others, 'other browser', 'other browsers')} out.`;
}

function useChangePassword(onDone: () => void, onRefused: (error: Error) => void) {
  const queryClient = useQueryClient();
  return useAction({
    mutationFn: async (passwords: Passwords) => {
      // Counted right before: afterwards they are gone from the list.
      const { total } = await api<Page<UiSession>>('GET', '/ui-sessions?limit=1');
      await api<void>('PUT', '/me/password', passwords);
      return total - 1;
    },
    onSuccess: async (ended) => {
      onDone();
      toast(`Your password was changed. ${ended > 0 ? `${plural(ended, 'other browser', 'other browsers')} signed out.` : ''}`);
      await queryClient.invalidateQueries({ queryKey: ['ui-sessions'] });
    },
    onError: onRefused,
  });
}
