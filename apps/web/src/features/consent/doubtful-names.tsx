import { type AuthorizationRequestDetails, nameDoubts } from '@behalf/domain';
import { IconEyeQuestion } from '@tabler/icons-react';
import { Note } from '../../ui/note.js';

/** Names on the page that can be taken for others: whoever chose them is not whoever decides here. */
export function DoubtfulNames({ request }: { request: AuthorizationRequestDetails }) {
  const doubtful = [...shownNames(request)].flatMap((name) => {
    const [doubt] = nameDoubts(name);
    return doubt ? [{ name, detail: doubt.detail }] : [];
  });
  if (doubtful.length === 0) return null;
  return (
    <div className="b-consent-note">
      <Note tone="warning" title="Look at the name again" icon={IconEyeQuestion}>
        {doubtful.map(({ name, detail }) => (
          <div key={name}>
            <strong>
              <bdi>{name}</bdi>
            </strong>{' '}
            {detail}.
          </div>
        ))}
        It may not be the one that you know. Allow this only if you expected it.
      </Note>
    </div>
  );
}

function shownNames({ client_name, organization, selectable_teams }: AuthorizationRequestDetails): Set<string> {
  return new Set([client_name, organization.name, ...selectable_teams.flatMap((team) => [team.name, team.organization_name])]);
}
