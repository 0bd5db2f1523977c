import type { ReactNode } from 'react';
import './panel.css';

interface Props {
  readonly title: string;
  readonly text: string;
  readonly onSubmit: () => void;
  readonly children: ReactNode;
  readonly foot: ReactNode;
}

/** A small form of its own on a page. */
export function FormPanel({ title, text, onSubmit, children, foot }: Props) {
  return (
    <form
      className="b-form-panel"
      aria-label={title}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <div className="b-form-panel-body">
        <div>
          <h2>{title}</h2>
          <p>{text}</p>
        </div>
        {children}
      </div>
      <div className="b-form-panel-foot">{foot}</div>
    </form>
  );
}
