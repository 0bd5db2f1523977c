import { notifications } from '@mantine/notifications';
import { IconAlertCircle, IconCheck } from '@tabler/icons-react';
import { messageOf } from '../lib/http.js';

/** Says that something was done. */
export function toast(message: string): void {
  notifications.show({ message, icon: <IconCheck size={16} stroke={1.6} />, className: 'b-toast' });
}

/** Says that something was not done, and why: in the server's words, unless better ones are known. */
export function toastFailure(title: string, error: unknown, message = messageOf(error)): void {
  const icon = <IconAlertCircle size={16} stroke={1.6} />;
  notifications.show({ title, message, icon, className: 'b-toast b-toast-failure', autoClose: 8000 });
}
