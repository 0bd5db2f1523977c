import { type EffectiveAccess, permissionLabel, PERMISSIONS, ROLES } from '@behalf/domain';
import { teamsText } from '../../lib/access-text.js';
import { IconCheck, IconMinus } from '@tabler/icons-react';
import { type Column, Table } from '../../ui/table.js';
import { nameOf, reasonText } from './access-text.js';

const MIN_WIDTH = 980;
const SIDE_WIDTH = 116;

type TeamRow = EffectiveAccess['teams'][number];
type PermissionRow = EffectiveAccess['permissions'][number];
type Sides = Pick<TeamRow, 'consent' | 'client' | 'user' | 'result' | 'reasons'>;

/** Team by team and permission by permission: which of the three takes away what. */
export function EffectiveTables({ access }: { access: EffectiveAccess | undefined }) {
  const as = ({ role }: TeamRow) => (access && role ? `${nameOf(access.user)} is ${ROLES[role].name} here.` : '');
  const where = ({ team_ids }: PermissionRow) =>
    `In ${teamsText(access?.teams.filter(({ id }) => team_ids.includes(id)) ?? [], 'teams that you do not see')}.`;
  return (
    <>
      <h2 className="b-subtitle">Teams</h2>
      <SidesTable
        access={access}
        title="Team"
        rows={access?.teams}
        count={3}
        rowKey={({ id }) => id}
        name={({ name }) => name}
        granted={as}
      />
      <h2 className="b-subtitle">Permissions</h2>
      <SidesTable
        access={access}
        title="Permission"
        rows={access?.permissions}
        count={PERMISSIONS.length}
        rowKey={({ permission }) => permission}
        name={({ permission }) => permissionLabel(permission)}
        granted={where}
      />
    </>
  );
}

interface SidesProps<T> {
  readonly access: EffectiveAccess | undefined;
  readonly title: string;
  readonly rows: readonly T[] | undefined;
  readonly count: number;
  readonly rowKey: (row: T) => string;
  readonly name: (row: T) => string;
  /** What is said where all three allow it. */
  readonly granted: (row: T) => string;
}

function SidesTable<T extends Sides>({ access, title, rows, count, rowKey, name, granted }: SidesProps<T>) {
  const why = (row: T) => (row.result || !access ? granted(row) : row.reasons.map((reason) => reasonText(reason, access)).join(' '));
  const columns: Column<T>[] = [
    { title, width: 200, sticky: true, cell: (row) => <span className="b-strong">{name(row)}</span> },
    { title: 'Consented to', width: SIDE_WIDTH, cell: ({ consent }) => <Verdict yes={consent} /> },
    { title: 'Client allows', width: SIDE_WIDTH, cell: ({ client }) => <Verdict yes={client} /> },
    { title: 'User may', width: SIDE_WIDTH, cell: ({ user }) => <Verdict yes={user} /> },
    { title: 'Result', width: SIDE_WIDTH, cell: ({ result }) => <Verdict yes={result} result /> },
    { title: 'Why', cell: (row) => <span className="b-why">{why(row)}</span> },
  ];
  const card = (row: T) => <SidesCard row={row} name={name(row)} why={why(row)} />;
  return (
    <Table
      label={`${title.toLowerCase()}s`}
      columns={columns}
      rows={rows}
      skeletonRows={count}
      rowKey={rowKey}
      minWidth={MIN_WIDTH}
      card={card}
    />
  );
}

/** On a narrow screen: the result first, then the three sides in one line. */
function SidesCard({ row, name, why }: { row: Sides; name: string; why: string }) {
  return (
    <>
      <div className="b-card-head">
        <span className="b-card-title b-strong">{name}</span>
        <Verdict yes={row.result} result />
      </div>
      <dl className="b-sides-line">
        {(['consent', 'client', 'user'] as const).map((side) => (
          <div key={side}>
            <dt>{SIDE_NAMES[side]}</dt>
            <dd>
              <Verdict yes={row[side]} />
            </dd>
          </div>
        ))}
      </dl>
      <p className="b-why">{why}</p>
    </>
  );
}

const SIDE_NAMES = { consent: 'Consent', client: 'Client', user: 'User' };

/** A side that takes it away is amber; the result is green only where it lives. */
function Verdict({ yes, result = false }: { yes: boolean; result?: boolean }) {
  const Icon = yes ? IconCheck : IconMinus;
  const tone = result ? (yes ? 'b-green b-status-mark' : 'b-status-mark') : yes ? '' : 'b-amber';
  return (
    <span className={`b-inline ${tone}`}>
      <Icon size={14} stroke={1.6} aria-hidden="true" />
      {result ? (yes ? 'Allowed' : 'Not allowed') : yes ? 'Yes' : 'No'}
    </span>
  );
}
