import { PasswordInput, type PasswordInputProps } from '@mantine/core';
import { IconEye, IconEyeOff } from '@tabler/icons-react';

/** A password, hidden until asked for. The toggle is not called after the field, or the two would be mistaken for one another. */
export function PasswordField(props: PasswordInputProps) {
  return (
    <PasswordInput
      visibilityToggleIcon={({ reveal }) => (reveal ? <IconEyeOff size={16} stroke={1.6} /> : <IconEye size={16} stroke={1.6} />)}
      visibilityToggleButtonProps={{ 'aria-label': 'Show what you typed' }}
      {...props}
    />
  );
}
