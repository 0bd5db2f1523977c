import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { countOf } from '../lib/format.js';
import { messageOf } from '../lib/http.js';
import type { Rows } from '../lib/use-rows.js';
import './page.css';

interface Props {
  readonly list: Rows<unknown>;
  readonly one: string;
  readonly many: string;
}

/** How many there are, and more of them where not all are shown. */
export function ListFoot({ list, one, many }: Props) {
  if (!list.total) return null;
  return (
    <div className="b-foot">
      <p className="b-count" role="status">
        {list.hasMore && `${list.rows?.length ?? 0} of `}
        {countOf(list.total, one, many)}
      </p>
      {list.staleError !== null && (
        <p className="b-foot-fault" role="alert">
          <IconAlertTriangle size={16} stroke={1.6} aria-hidden="true" />
          The {many} could not be loaded: {messageOf(list.staleError)}
        </p>
      )}
      {list.staleError !== null ? (
        <Button variant="default" onClick={list.retry}>
          Retry
        </Button>
      ) : (
        list.hasMore && (
          <Button variant="default" loading={list.isLoadingMore} onClick={list.loadMore}>
            Show more
          </Button>
        )
      )}
    </div>
  );
}
