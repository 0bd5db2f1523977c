import { Button, type ButtonProps, Modal } from '@mantine/core';
import { type ReactNode } from 'react';
import { useReturnFocus } from './use-return-focus.js';
import './dialog.css';

interface Props {
  readonly title: string;
  /** One line under the title. */
  readonly text?: ReactNode;
  /** Beside the title. */
  readonly icon?: ReactNode;
  readonly size?: number;
  readonly onClose: () => void;
  /** False where closing has to be said: neither Esc nor a click outside do. */
  readonly dismissable?: boolean;
  /** Makes a form of it, so that Enter does what the main button says. */
  readonly onSubmit?: () => void;
  readonly children?: ReactNode;
  readonly foot: ReactNode;
}

/** A dialog: it is open as long as it is there, and gives the focus back to what opened it. */
export function Dialog({ title, text, icon, size = 480, onClose, dismissable = true, onSubmit, children, foot }: Props) {
  useReturnFocus();
  const content = (
    <>
      <div className="b-dialog-head">
        <h2>
          {icon}
          {title}
        </h2>
        {text && <p>{text}</p>}
      </div>
      {children && <div className="b-dialog-body">{children}</div>}
      <div className="b-dialog-foot">{foot}</div>
    </>
  );
  return (
    <Modal.Root
      opened
      onClose={onClose}
      size={size}
      centered
      closeOnEscape={dismissable}
      closeOnClickOutside={dismissable}
      returnFocus={false}
      classNames={{ content: 'b-dialog' }}
    >
      <Modal.Overlay />
      <Modal.Content aria-label={title}>{onSubmit ? <DialogForm onSubmit={onSubmit}>{content}</DialogForm> : content}</Modal.Content>
    </Modal.Root>
  );
}

function DialogForm({ onSubmit, children }: { onSubmit: () => void; children: ReactNode }) {
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        // A portal's events climb to the form that the dialog was opened from.
        event.stopPropagation();
        onSubmit();
      }}
    >
      {children}
    </form>
  );
}

interface ConfirmProps {
  readonly title: string;
  readonly text?: ReactNode;
  readonly children?: ReactNode;
  readonly action: string;
  readonly pending?: boolean;
  readonly disabled?: boolean;
  /** What destroys is red; it never has the focus first. */
  readonly color?: ButtonProps['color'];
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something is done; `Cancel` has the focus unless the dialog has a field. */
export function ConfirmDialog({
  title,
  text,
  children,
  action,
  pending = false,
  disabled = false,
  color = 'red',
  onConfirm,
  onClose,
}: ConfirmProps) {
  return (
    <Dialog
      title={title}
      text={text}
      onClose={onClose}
      onSubmit={() => !disabled && onConfirm()}
      foot={
        <>
          <Button variant="default" onClick={onClose} data-autofocus>
            Cancel
          </Button>
          <Button type="submit" color={color} loading={pending} disabled={disabled}>
            {action}
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  );
}
