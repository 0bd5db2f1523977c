import type { ReactNode } from 'react';

/** One line of a list of facts; one that an entry does not have is left out. */
export function Fact({ title, mono = false, children }: { title: string; mono?: boolean; children: ReactNode }) {
  if (!children) return null;
  return (
    <div>
      <dt>{title}</dt>
      <dd className={mono ? 'b-mono' : undefined}>{children}</dd>
    </div>
  );
}
