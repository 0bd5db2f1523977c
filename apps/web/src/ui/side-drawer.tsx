import { ActionIcon, Drawer } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { ReactNode, Ref } from 'react';
import { useOpener } from './focus.js';
import { useScrollLock } from './use-scroll-lock.js';
import { useTopmost } from './use-topmost.js';
import './dialog.css';

interface Props {
  readonly title: string;
  readonly onClose: () => void;
  /** It takes the place of another one: nothing slides in. */
  readonly still?: boolean;
  /** Names the scrolling part. */
  readonly label: string;
  readonly onSubmit?: () => void;
  readonly formRef?: Ref<HTMLFormElement>;
  readonly children: ReactNode;
  /** Between body and foot: why something was not done. */
  readonly note?: ReactNode;
  readonly foot: ReactNode;
}

/** A form at the page's right: head and foot always visible, the middle scrolls. */
export function SideDrawer({ title, onClose, still = false, label, onSubmit, formRef, children, note, foot }: Props) {
  const topmost = useTopmost();
  useOpener();
  useScrollLock();
  return (
    <Drawer.Root
      opened
      onClose={onClose}
      position="right"
      size={560}
      closeOnEscape={topmost}
      closeOnClickOutside={topmost}
      returnFocus={false}
      lockScroll={false}
      classNames={{ content: still ? 'b-side-drawer' : 'b-side-drawer b-slides-in' }}
    >
      <Drawer.Overlay />
      <Drawer.Content aria-label={title}>
        <form
          ref={formRef}
          className="b-drawer"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            onSubmit?.();
          }}
        >
          <div className="b-drawer-head">
            <h2>{title}</h2>
            <ActionIcon aria-label="Close" onClick={onClose}>
              <IconX size={16} stroke={1.6} />
            </ActionIcon>
          </div>
          <div className="b-drawer-body" tabIndex={0} role="region" aria-label={label}>
            {children}
          </div>
          {note}
          <div className="b-drawer-foot">{foot}</div>
        </form>
      </Drawer.Content>
    </Drawer.Root>
  );
}
