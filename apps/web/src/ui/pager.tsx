import { Button } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { countOf, rangeOf } from '../lib/format.js';
import type { PagedRows } from '../lib/use-paged-rows.js';
import './page.css';

interface Props {
  readonly list: PagedRows<unknown>;
  readonly pageRows: number;
  /** Whose pages they are. */
  readonly label: string;
  readonly one: string;
  readonly many: string;
}

/** Which of how many rows are shown, and the way to the others; nothing where all are. */
export function Pager({ list, pageRows, label, one, many }: Props) {
  const { rows, total, page } = list;
  if (!rows || !total || (!list.next && !list.previous)) return null;
  const first = page * pageRows + 1;
  return (
    <div className="b-foot" role="group" aria-label={`Pages of ${label}`}>
      <p className="b-count" role="status">
        {rangeOf(first, first + rows.length - 1)} of {countOf(total, one, many)}
      </p>
      <span className="b-pager">
        <Button
          variant="default"
          size="xs"
          leftSection={<IconChevronLeft size={14} stroke={1.6} />}
          disabled={!list.previous || list.isStale}
          onClick={() => list.previous?.()}
        >
          Previous
        </Button>
        <Button
          variant="default"
          size="xs"
          rightSection={<IconChevronRight size={14} stroke={1.6} />}
          disabled={!list.next || list.isStale}
          onClick={() => list.next?.()}
        >
          Next
        </Button>
      </span>
    </div>
  );
}
