import { CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { shorten } from '../lib/format.js';
import { IconButton } from './light.js';
import { Tip } from './tip.js';

interface CopyProps {
  readonly value: string;
  readonly label: string;
  readonly className?: string;
  readonly autoFocus?: boolean;
}

/** A copy button that says so when it has copied, to screen readers too. */
export function Copy({ value, label, className, autoFocus = false }: CopyProps) {
  return (
    <CopyButton value={value} timeout={1500}>
      {({ copied, copy }) => (
        <Tip label={copied ? 'Copied' : label}>
          <IconButton size={22} aria-label={label} className={className ?? ''} onClick={copy} data-autofocus={autoFocus || undefined}>
            {copied ? <IconCheck size={14} stroke={1.6} /> : <IconCopy size={14} stroke={1.6} />}
            <span className="b-visually-hidden" role="status">
              {copied && 'Copied'}
            </span>
          </IconButton>
        </Tip>
      )}
    </CopyButton>
  );
}

/** An identifier, shortened in the middle for the eye alone; whole on focus, on hover and in the copy. */
export function Identifier({ id, what, copy = true }: { id: string; what: string; copy?: boolean }) {
  return (
    <span className="b-identifier">
      <Tip label={<span className="b-mono">{id}</span>}>
        <span className="b-mono" tabIndex={0}>
          <span aria-hidden="true">{shorten(id)}</span>
          <span className="b-visually-hidden">{id}</span>
        </span>
      </Tip>
      {copy && <Copy value={id} label={`Copy ${what}`} className="b-reveal" />}
    </span>
  );
}
