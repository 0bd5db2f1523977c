import { Tooltip } from '@mantine/core';
import {
  cloneElement,
  type HTMLAttributes,
  type ReactElement,
  type ReactNode,
  type SyntheticEvent,
  useEffect,
  useId,
  useState,
} from 'react';

const POINTING_MILLISECONDS = 250;

interface Props {
  /** Nothing is shown while it is empty. */
  readonly label: ReactNode;
  readonly children: ReactElement<Pick<HTMLAttributes<HTMLElement>, 'onMouseEnter' | 'onFocus'>>;
}

interface Reached {
  readonly element: HTMLElement;
  readonly by: 'pointer' | 'focus';
}

/**
 * What is said of an element on hover and on focus. A list has thousands of them, so that until its element is reached for the
 * first time, it is two listeners and nothing else.
 */
export function Tip({ label, children }: Props) {
  const [reached, reach] = useState<Reached | null>(null);
  return (
    <>
      {cloneElement(children, {
        onMouseEnter: ({ currentTarget }: SyntheticEvent<HTMLElement>) => reach({ element: currentTarget, by: 'pointer' }),
        // A click focuses, too, and has nothing to say.
        onFocus: ({ currentTarget }: SyntheticEvent<HTMLElement>) =>
          currentTarget.matches(':focus-visible') && reach({ element: currentTarget, by: 'focus' }),
      })}
      {reached && label && <Shown key={reached.by} reached={reached} label={label} onLeave={() => reach(null)} />}
    </>
  );
}

function Shown({ reached: { element, by }, label, onLeave }: { reached: Reached; label: ReactNode; onLeave: () => void }) {
  const [opened, open] = useState(by === 'focus');
  const id = useId();
  useEffect(() => {
    const timer = by === 'pointer' ? setTimeout(() => open(true), POINTING_MILLISECONDS) : undefined;
    const end = by === 'pointer' ? 'mouseleave' : 'blur';
    const onKey = ({ key }: KeyboardEvent) => key === 'Escape' && onLeave();
    element.addEventListener(end, onLeave);
    document.addEventListener('keydown', onKey);
    return () => {
      clearTimeout(timer);
      element.removeEventListener(end, onLeave);
      document.removeEventListener('keydown', onKey);
    };
    // eslint-disable-next-line react/exhaustive-deps -- A new function each time is the same wish.
  }, [element, by]);
  useEffect(() => {
    if (!opened) return undefined;
    element.setAttribute('aria-describedby', id);
    return () => element.removeAttribute('aria-describedby');
  }, [element, id, opened]);
  return <Tooltip target={element} opened={opened} label={<span id={id}>{label}</span>} />;
}
