import { Button, Modal } from '@mantine/core';

/** Typed input is never thrown away without asking. */
export function DiscardDialog({ onStay, onDiscard }: { onStay: () => void; onDiscard: () => void }) {
  return (
    <Modal.Root opened onClose={onStay} size={440} centered>
      <Modal.Overlay />
      <Modal.Content aria-label="Discard what you typed">
        <h2 className="b-dialog-title">Discard what you typed?</h2>
        <div className="b-dialog-body">The client has not been created. What you entered is not kept.</div>
        <div className="b-dialog-foot">
          <Button variant="default" onClick={onDiscard}>
            Discard
          </Button>
          <Button onClick={onStay} data-autofocus>
            Keep editing
          </Button>
        </div>
      </Modal.Content>
    </Modal.Root>
  );
}
