import type { AuditEvent } from '@behalf/domain';
import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconDownload, IconSearch } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { countOf } from '../../lib/format.js';
import { query } from '../../lib/http.js';
import { auditQuery } from '../../lib/resources.js';
import { type Rows, useRows } from '../../lib/use-rows.js';
import { ListFoot } from '../../ui/list-foot.js';
import { PageHead } from '../../ui/page.js';
import { EmptyState, ErrorState } from '../../ui/states.js';
import { AuditFilters } from './audit-filters.js';
import { AuditTable } from './audit-table.js';
import { rangeOf } from './ranges.js';
import './audit.css';

const route = getRouteApi('/shell/security/audit-log');

/** Who did what, when, from where, and through what. */
export function AuditPage() {
  const { range, from, to, ...filter } = route.useSearch();
  // Fixed while the range stays the same, or every look would be another question.
  const span = useMemo(() => rangeOf({ range, from, to }), [range, from, to]);
  const list = useRows(auditQuery({ ...filter, ...span }));
  return (
    <>
      <PageHead
        title="Audit log"
        text="Every change and every denied attempt, newest first. Entries cannot be edited or removed."
        action={<Export filter={{ ...filter, ...span }} />}
      />
      <AuditFilters>{list.total && <span role="status">{countOf(list.total, 'entry', 'entries')}</span>}</AuditFilters>
      <Entries list={list} />
    </>
  );
}

function Entries({ list }: { list: Rows<AuditEvent> }) {
  const navigate = useNavigate();
  if (list.error) return <ErrorState what="The audit log" error={list.error} onRetry={list.retry} />;
  if (list.rows?.length === 0) {
    return (
      <EmptyState
        icon={<IconSearch size={20} stroke={1.6} />}
        title="No entry matches"
        text="Try a longer time, or fewer filters."
        action={
          <Button variant="default" onClick={() => void navigate({ to: '/security/audit-log' })}>
            Clear filters
          </Button>
        }
      />
    );
  }
  return (
    <>
      <AuditTable rows={list.rows} />
      {list.hasMore && <ListFoot list={list} one="entry" many="entries" />}
    </>
  );
}

/** The server streams what the filter shows; the browser saves it. */
function Export({ filter }: { filter: Readonly<Record<string, string | undefined>> }) {
  const address = (format: string) => `/api/v1/audit-events/export${query({ ...filter, format })}`;
  return (
    <Menu position="bottom-end" width={160}>
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<IconDownload size={15} stroke={1.6} />}
          rightSection={<IconChevronDown size={14} stroke={1.6} />}
        >
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href={address('csv')} download>
          CSV
        </Menu.Item>
        <Menu.Item component="a" href={address('ndjson')} download>
          NDJSON
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
