import { Button } from '@mantine/core';
import { Dialog } from './dialog.js';

/** Typed input is never thrown away without asking. */
export function DiscardDialog({ text, onStay, onDiscard }: { text: string; onStay: () => void; onDiscard: () => void }) {
  return (
    <Dialog
      title="Discard what you typed?"
      text={text}
      size={440}
      onClose={onStay}
      foot={
        <>
          <Button variant="default" onClick={onDiscard}>
            Discard
          </Button>
          <Button onClick={onStay} data-autofocus>
            Keep editing
          </Button>
        </>
      }
    />
  );
}
