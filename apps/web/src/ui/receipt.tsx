import { notifications } from '@mantine/notifications';
import { IconCheck } from '@tabler/icons-react';
import { useRouter } from '@tanstack/react-router';
import { type MouseEvent, type ReactNode, useEffect, useRef } from 'react';
import { exactTime } from '../lib/format.js';
import type { Done } from '../lib/http.js';
import { usePermission } from '../lib/use-session.js';
import './receipt.css';

/** What was done, in words: a title, and what a reader would ask next. */
export interface Receipt {
  readonly title: string;
  readonly facts: readonly (readonly [name: string, value: ReactNode])[];
}

/** So many stay; what is older is in the audit log. */
const MAX_SHOWN = 3;
const shown: string[] = [];

/**
 * Shows that something was done, for whom and when, until it is dismissed; with the way to its entry in the audit log for
 * whoever may read that.
 */
export function useReceipt(): (receipt: Receipt, done: Done<unknown>) => void {
  const router = useRouter();
  const mayAudit = usePermission('AUDIT_READ');
  return ({ title, facts }, { audit_event_id, at }) => {
    const to = { to: '/security/audit-log', search: { event: audit_event_id ?? '' } } as const;
    const link = mayAudit && audit_event_id !== null && (
      <a
        href={router.buildLocation(to).href}
        onClick={(event) => {
          if (!isPlain(event)) return;
          event.preventDefault();
          void router.navigate(to);
        }}
      >
        View audit entry
      </a>
    );
    const lines = [...facts, ['When', exactTime(at)] as const];
    while (shown.length >= MAX_SHOWN) notifications.hide(shown.shift()!);
    const id = notifications.show({
      title,
      message: <ReceiptBody facts={lines}>{link}</ReceiptBody>,
      icon: <IconCheck size={16} stroke={1.6} />,
      role: 'status',
      position: 'bottom-right',
      className: 'b-toast b-receipt',
      autoClose: false,
      closeButtonProps: { 'aria-label': 'Dismiss receipt' },
      onClose: () => {
        if (shown.includes(id)) shown.splice(shown.indexOf(id), 1);
        focusIfLost(document.getElementById('content'));
      },
    });
    shown.push(id);
  };
}

/** What had the focus went with the row that ended: the keyboard goes on from the receipt. */
function ReceiptBody({ facts, children }: { facts: Receipt['facts']; children: ReactNode }) {
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => focusIfLost(body.current), []);
  return (
    <div ref={body} tabIndex={-1} className="b-receipt-body">
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {children}
    </div>
  );
}

function focusIfLost(element: HTMLElement | null): void {
  const { activeElement } = document;
  if (activeElement === document.body || activeElement?.id === 'content') element?.focus({ preventScroll: true });
}

/** Not one that opens another tab or window. */
function isPlain(event: MouseEvent): boolean {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}
