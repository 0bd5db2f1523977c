import type { ReactNode } from 'react';

/** One section of the drawer: a title, one line, and what belongs together. */
export function FormSection({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <fieldset className="b-section">
      <legend>{title}</legend>
      <p className="b-section-text">{text}</p>
      {children}
    </fieldset>
  );
}
