import type { ButtonHTMLAttributes, InputHTMLAttributes } from 'react';
import './light.css';

// Controls for rows: they look as the library's at a fraction of its cost, for a screen of rows has hundreds of them.

/** A checkbox. */
export function Tick(props: Omit<InputHTMLAttributes<HTMLInputElement>, 'type' | 'className'>) {
  return <input {...props} type="checkbox" className="b-tick" />;
}

/** A switch. */
export function Toggle(props: Omit<InputHTMLAttributes<HTMLInputElement>, 'type' | 'role' | 'className'>) {
  // eslint-disable-next-line jsx-a11y/role-has-required-aria-props -- The checkbox tells it by itself.
  return <input {...props} type="checkbox" role="switch" className="b-toggle" />;
}

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** In pixels. */
  readonly size: number;
  readonly 'data-danger'?: true | undefined;
  readonly 'data-autofocus'?: true | undefined;
}

/** A button that is an icon. */
export function IconButton({ size, className = '', ...props }: IconButtonProps) {
  return <button type="button" {...props} className={`b-icon-button ${className}`} style={{ width: size, height: size }} />;
}
