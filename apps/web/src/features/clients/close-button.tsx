import { ActionIcon } from '@mantine/core';
import { IconX } from '@tabler/icons-react';

export function CloseButton({ onClick }: { onClick: () => void }) {
  return (
    <ActionIcon aria-label="Close" onClick={onClick}>
      <IconX size={16} stroke={1.6} />
    </ActionIcon>
  );
}
