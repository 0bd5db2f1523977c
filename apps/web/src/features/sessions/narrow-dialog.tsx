import { type ConnectedApp, narrowAccess, type TeamRef, type TokenRow } from '@behalf/domain';
import { Checkbox, Radio } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { accessText, scopeText } from '../../lib/access-text.js';
import { act } from '../../lib/http.js';
import { useAction } from '../../lib/use-action.js';
import { ConfirmDialog } from '../../ui/dialog.js';
import { FailureNote } from '../../ui/failure-note.js';
import { Note } from '../../ui/note.js';
import { useReceipt } from '../../ui/receipt.js';

interface Props {
  readonly app: ConnectedApp;
  readonly row: TokenRow;
  readonly onClose: () => void;
}

/** What is sent: only what is taken away, so that what another takes away meanwhile stays away. */
interface Wish {
  readonly team_ids?: string[];
  readonly scope?: string;
}

/** Takes teams or scope away from a live token; nothing can be added. */
export function NarrowDialog({ app, row, onClose }: Props) {
  const { granted } = row;
  const [team_ids, setTeams] = useState<readonly string[]>(granted.teams.map(({ id }) => id));
  const [scope, setScope] = useState(granted.scope);
  const narrow = useNarrow(app, row, onClose);
  const wish: Wish = {
    ...(team_ids.length < granted.teams.length ? { team_ids: [...team_ids] } : {}),
    ...(scope === granted.scope ? {} : { scope }),
  };
  const same = Object.keys(wish).length === 0;
  const least = granted.teams.length <= 1 && scopeChoices(granted.scope).length === 1;
  const held = { team_ids: granted.teams.map(({ id }) => id), scope: granted.scope.split(' ') };
  const possible = !('violations' in narrowAccess(held, wish));
  return (
    <ConfirmDialog
      title="Narrow access"
      text={`Take away what ${app.client_name} no longer needs. Its next request obeys, and only the user can give it back, by approving it anew.`}
      action="Narrow access"
      pending={narrow.pending}
      disabled={same || !possible}
      onConfirm={() => narrow.run(wish)}
      onClose={onClose}
    >
      <TeamChoices row={row} team_ids={team_ids} onChange={setTeams} />
      <ScopeChoices granted={granted.scope} scope={scope} onChange={setScope} />
      <BeforeAfter
        before={accessText(granted.scope, granted.teams)}
        after={same || !possible ? null : accessText(scope, named(granted.teams, team_ids))}
        otherwise={possible ? 'Nothing taken away yet' : 'Nothing would be left'}
      />
      {least && <Note tone="info">This is the least that a token can hold. To take it away, revoke the token.</Note>}
      <FailureNote title="The token was not narrowed" error={narrow.error} />
    </ConfirmDialog>
  );
}

function useNarrow({ client_id, client_name }: ConnectedApp, row: TokenRow, onDone: () => void) {
  const queryClient = useQueryClient();
  const show = useReceipt();
  return useAction({
    mutationFn: (wish: Wish) => act<TokenRow>('PATCH', `/tokens/${row.token_id}`, wish),
    onSuccess: async (done) => {
      onDone();
      const { granted } = done.answer;
      show(
        {
          title: 'Access narrowed',
          facts: [
            ['App', client_name],
            ['For', row.user.name],
            ['Before', accessText(row.granted.scope, row.granted.teams)],
            ['Now', accessText(granted.scope, granted.teams)],
          ],
        },
        done,
      );
      const touched = [['tokens', client_id], ['effective-access']];
      await Promise.all(touched.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
    },
  });
}

function named(teams: readonly TeamRef[], team_ids: readonly string[]): TeamRef[] {
  return teams.filter(({ id }) => team_ids.includes(id));
}

interface TeamProps {
  readonly row: TokenRow;
  readonly team_ids: readonly string[];
  readonly onChange: (team_ids: readonly string[]) => void;
}

function TeamChoices({ row, team_ids, onChange }: TeamProps) {
  const counts = (id: string) => row.teams.some((team) => team.id === id);
  return (
    <fieldset className="b-choices">
      <legend>Teams</legend>
      {row.granted.teams.map(({ id, name }) => (
        <Checkbox
          key={id}
          label={name}
          description={counts(id) ? undefined : 'Does not count now'}
          checked={team_ids.includes(id)}
          disabled={row.granted.teams.length === 1}
          onChange={({ currentTarget: { checked } }) => onChange(checked ? [...team_ids, id] : team_ids.filter((each) => each !== id))}
        />
      ))}
      {team_ids.length === 0 && (
        <p className="b-fault" role="alert">
          Leave at least one team, or revoke the token instead.
        </p>
      )}
    </fieldset>
  );
}

const IDENTITY = ['openid', 'profile', 'email'];
const TEXTS: Readonly<Record<string, string>> = {
  'Full access': 'It can read, modify and delete.',
  'Read-only': 'It can read, and change nothing.',
  'Sign-in only': 'It learns who the user is, and nothing else.',
};

/** From all of what is held downwards; who the user is stays told in each. */
function scopeChoices(granted: string): string[] {
  const words = granted.split(' ');
  const without = (...taken: string[]) => words.filter((word) => !taken.includes(word)).join(' ');
  const choices = [granted, without('write'), words.some((word) => IDENTITY.includes(word)) ? without('write', 'read') : ''];
  return [...new Set(choices)].filter((choice) => choice !== '');
}

function ScopeChoices({ granted, scope, onChange }: { granted: string; scope: string; onChange: (scope: string) => void }) {
  return (
    <Radio.Group label="Permissions" value={scope} onChange={onChange} className="b-scope-choices">
      {scopeChoices(granted).map((choice) => (
        <Radio key={choice} value={choice} label={scopeText(choice)} description={TEXTS[scopeText(choice)]} />
      ))}
    </Radio.Group>
  );
}

/** What it comes to, in words. */
function BeforeAfter({ before, after, otherwise }: { before: string; after: string | null; otherwise: string }) {
  return (
    <div role="status" className="b-before-after">
      <dl>
        <div>
          <dt>Before</dt>
          <dd>{before}</dd>
        </div>
        <div>
          <dt>After</dt>
          <dd className={after === null ? 'b-faint' : 'b-strong'}>{after ?? otherwise}</dd>
        </div>
      </dl>
    </div>
  );
}
