import type { ReactNode } from 'react';
import { useTitle } from '../lib/use-title.js';
import './page.css';

/** A page's head: title, one line, and the main action at its right. */
export function PageHead({ title, text, action }: { title: string; text: string; action?: ReactNode }) {
  useTitle(title);
  return (
    <header className="b-page-head">
      <div>
        <h1>{title}</h1>
        <p>{text}</p>
      </div>
      {action}
    </header>
  );
}
