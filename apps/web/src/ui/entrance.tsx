import type { ReactNode } from 'react';
import { Mark } from './brand.js';
import './entrance.css';

interface Props {
  readonly title: string;
  readonly text?: ReactNode;
  readonly below?: ReactNode;
  readonly children: ReactNode;
}

/** A page before the sign-in: the mark, what it is about, one card. */
export function EntrancePage({ title, text, below, children }: Props) {
  return (
    <main className="b-centre">
      <div className="b-entrance">
        <Mark size={36} />
        <h1>{title}</h1>
        {text && <p className="b-entrance-text">{text}</p>}
        <div className="b-panel">{children}</div>
        {below && <p className="b-entrance-below">{below}</p>}
      </div>
    </main>
  );
}
