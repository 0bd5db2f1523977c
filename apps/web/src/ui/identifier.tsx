import { ActionIcon, CopyButton, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { shorten } from '../lib/format.js';

/** A copy button that says so when it has copied, to screen readers too. */
export function Copy({ value, label, className }: { value: string; label: string; className?: string }) {
  return (
    <CopyButton value={value} timeout={1500}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : label}>
          <ActionIcon
            size={22}
            aria-label={copied ? 'Copied' : label}
            className={className ?? ''}
            onClick={(event) => {
              event.stopPropagation();
              copy();
            }}
          >
            {copied ? <IconCheck size={14} stroke={1.6} /> : <IconCopy size={14} stroke={1.6} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}

/** An identifier, shortened in the middle; whole on focus, on hover and in the copy. */
export function Identifier({ id, what }: { id: string; what: string }) {
  return (
    <span className="b-identifier">
      <Tooltip label={<span className="b-mono">{id}</span>}>
        <span className="b-mono" tabIndex={0} aria-label={`${what} ${id}`} role="text">
          {shorten(id)}
        </span>
      </Tooltip>
      <Copy value={id} label={`Copy ${what}`} className="b-reveal" />
    </span>
  );
}
