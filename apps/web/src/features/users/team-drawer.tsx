import type { Team } from '@behalf/domain';
import { Button } from '@mantine/core';
import { IconGhost, IconPencil } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { plural } from '../../lib/format.js';
import { isProblem } from '../../lib/http.js';
import { teamQuery } from '../../lib/resources.js';
import { usePermission } from '../../lib/use-session.js';
import { Identifier } from '../../ui/identifier.js';
import { SideDrawer } from '../../ui/side-drawer.js';
import { EmptyState, ErrorState } from '../../ui/states.js';
import { TeamDialog } from './team-dialog.js';
import { TeamMembers } from './team-members.js';
import { useCloseDrawer } from './use-people.js';
import { CloseButton, DrawerSkeleton } from './user-drawer.js';

const route = getRouteApi('/shell/settings/users/teams/$team_id');

/** A team's own drawer: its name, and who is in it as what. */
export function TeamDrawer() {
  const { team_id } = route.useParams();
  const { data, error, refetch } = useQuery(teamQuery(team_id));
  const close = useCloseDrawer();
  const gone = isProblem(error, 'not-found');
  return (
    <SideDrawer title="Team" label={data?.name ?? 'Team'} onClose={close} foot={<CloseButton onClose={close} />}>
      {data && <TeamHead team={data} />}
      {data && <TeamMembers key={team_id} team={data} />}
      {!data && (
        <div className="b-people-section">
          {gone && (
            <EmptyState
              icon={<IconGhost size={20} stroke={1.6} />}
              title="There is no such team"
              text="It belongs to an organization that you have no team in."
            />
          )}
          {error && !gone && <ErrorState what="The team" error={error} onRetry={() => void refetch()} />}
          {!error && <DrawerSkeleton what="the team" />}
        </div>
      )}
    </SideDrawer>
  );
}

function TeamHead({ team }: { team: Team }) {
  const manage = usePermission('TEAM_MANAGE');
  const [renaming, rename] = useState(false);
  return (
    <div className="b-user-head">
      <div className="b-user-id">
        <div>
          <strong>{team.name}</strong>
          <span className="b-user-address">
            {plural(team.members, 'member', 'members')} · <Identifier id={team.id} what="team ID" />
          </span>
        </div>
        {manage && (
          <Button variant="default" leftSection={<IconPencil size={15} stroke={1.6} />} onClick={() => rename(true)}>
            Rename
          </Button>
        )}
      </div>
      {renaming && <TeamDialog team={team} onClose={() => rename(false)} />}
    </div>
  );
}
