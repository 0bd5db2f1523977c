import type { AuditEvent } from '@behalf/domain';
import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconDownload, IconSearch } from '@tabler/icons-react';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { countOf } from '../../lib/format.js';
import { isProblem, query } from '../../lib/http.js';
import { auditQuery } from '../../lib/resources.js';
import { type Rows, useRows } from '../../lib/use-rows.js';
import { useSession } from '../../lib/use-session.js';
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
  const { event } = route.useSearch();
  return event === undefined ? <WholeLog /> : <OneEntry key={event} id={event} />;
}

const TITLE = { title: 'Audit log', text: 'Every change and every denied attempt, newest first. Entries cannot be edited or removed.' };

/** What a receipt links to: one entry, opened, however long ago it was. */
function OneEntry({ id }: { id: string }) {
  const { organization } = useSession();
  const list = useRows(auditQuery({ id }));
  const whole = (
    <Button variant="default" renderRoot={(props) => <Link to="/security/audit-log" {...props} />}>
      Show the whole log
    </Button>
  );
  const missing = list.rows?.length === 0 || isProblem(list.error, 'validation-failed');
  return (
    <>
      <PageHead {...TITLE} />
      <div className="b-toolbar b-one-entry">
        <span role="status">One entry, by its ID</span>
        {whole}
      </div>
      {missing && (
        <EmptyState
          icon={<IconSearch size={20} stroke={1.6} />}
          title="This entry is not here"
          text={`The log of ${organization.name} has no entry with this ID. It may stand in another organization’s, or be older than what is kept.`}
        />
      )}
      {!missing && list.error && <ErrorState what="The entry" error={list.error} onRetry={list.retry} />}
      {!missing && !list.error && <AuditTable rows={list.rows} open={id} />}
    </>
  );
}

function WholeLog() {
  const { range, from, to, event: _event, ...filter } = route.useSearch();
  // Fixed while the range stays the same, or every look would be another question.
  const span = useMemo(() => rangeOf({ range, from, to }), [range, from, to]);
  const list = useRows(auditQuery({ ...filter, ...span }));
  return (
    <>
      <PageHead {...TITLE} action={<Export filter={{ ...filter, ...span }} />} />
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
