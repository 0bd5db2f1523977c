import { Button, type ButtonProps, Modal } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useOpener } from './focus.js';
import { useScrollLock } from './use-scroll-lock.js';
import { useTopmost } from './use-topmost.js';
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
  /** Something was typed that closing would throw away: it asks first. */
  readonly unsaved?: boolean;
  /** Makes a form of it, so that Enter does what the main button says. */
  readonly onSubmit?: () => void;
  readonly children?: ReactNode;
  /** Its buttons; the one that closes is given what asks first. */
  readonly foot: ReactNode | ((close: () => void) => ReactNode);
}

/** A dialog: it is open as long as it is there, and gives the focus back to what opened it. */
export function Dialog({ size = 480, onClose, dismissable = true, unsaved = false, onSubmit, ...content }: Props) {
  const [asking, ask] = useState(false);
  const close = () => (unsaved ? ask(true) : onClose());
  const free = useTopmost() && dismissable;
  useOpener();
  useScrollLock();
  return (
    <>
      <Modal.Root
        opened
        onClose={close}
        size={size}
        centered
        closeOnEscape={free}
        closeOnClickOutside={free}
        returnFocus={false}
        lockScroll={false}
        classNames={{ content: 'b-dialog' }}
      >
        <Modal.Overlay />
        <Modal.Content aria-label={content.title}>
          {onSubmit ? (
            <DialogForm onSubmit={onSubmit}>
              <DialogContent {...content} close={close} />
            </DialogForm>
          ) : (
            <DialogContent {...content} close={close} />
          )}
        </Modal.Content>
      </Modal.Root>
      {asking && <DiscardDialog text="It has not been sent." onStay={() => ask(false)} onDiscard={onClose} />}
    </>
  );
}

function DialogContent({
  title,
  text,
  icon,
  children,
  foot,
  close,
}: Pick<Props, 'title' | 'text' | 'icon' | 'children' | 'foot'> & { close: () => void }) {
  return (
    <>
      <div className="b-dialog-head">
        <h2>
          {icon}
          {title}
        </h2>
        {text && <p>{text}</p>}
      </div>
      {children && <div className="b-dialog-body">{children}</div>}
      <div className="b-dialog-foot">{typeof foot === 'function' ? foot(close) : foot}</div>
    </>
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

interface ConfirmProps extends Pick<Props, 'title' | 'text' | 'unsaved' | 'children' | 'onClose'> {
  readonly action: string;
  readonly pending?: boolean;
  readonly disabled?: boolean;
  /** What destroys is red; it never has the focus first. */
  readonly color?: ButtonProps['color'];
  readonly onConfirm: () => void;
}

/** Asks before something is done; `Cancel` has the focus unless the dialog has a field for it. */
export function ConfirmDialog({ action, pending = false, disabled = false, color = 'red', onConfirm, ...dialog }: ConfirmProps) {
  return (
    <Dialog
      {...dialog}
      onSubmit={() => !disabled && onConfirm()}
      foot={(close) => (
        <>
          <Button variant="default" onClick={close} data-autofocus>
            Cancel
          </Button>
          <Button type="submit" color={color} loading={pending} disabled={disabled}>
            {action}
          </Button>
        </>
      )}
    />
  );
}

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
