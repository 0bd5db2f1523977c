import type { ConnectedApp, TokenRow } from '@behalf/domain';
import { Checkbox } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../lib/http.js';
import { useAction } from '../../lib/use-action.js';
import { ConfirmDialog } from '../../ui/dialog.js';
import { FailureNote } from '../../ui/failure-note.js';
import { toast } from '../../ui/toast.js';

interface Props {
  readonly app: ConnectedApp;
  readonly row: TokenRow;
  readonly onClose: () => void;
}

/** The scopes that can be taken away, in words. `openid` goes with the token alone. */
const SCOPES = [
  { scope: 'read', label: 'Read data' },
  { scope: 'write', label: 'Modify and delete data' },
] as const;

/** Takes teams or scope away from a live token; nothing can be added. */
export function NarrowDialog({ app, row, onClose }: Props) {
  const [team_ids, setTeams] = useState(row.teams.map(({ id }) => id));
  const [scope, setScope] = useState(row.scope.split(' '));
  const narrow = useNarrow(app, row, onClose);
  const same = team_ids.length === row.teams.length && scope.length === row.scope.split(' ').length;
  return (
    <ConfirmDialog
      title="Narrow access"
      text={`Take away what ${app.client_name} no longer needs. It works at once, and cannot be undone without asking the user again.`}
      action="Narrow access"
      pending={narrow.pending}
      disabled={same || team_ids.length === 0}
      onConfirm={() => narrow.run({ team_ids, scope: scope.join(' ') })}
      onClose={onClose}
    >
      <TeamChoices row={row} team_ids={team_ids} onChange={setTeams} />
      <ScopeChoices row={row} scope={scope} onChange={setScope} />
      <FailureNote title="The token was not narrowed" error={narrow.error} />
    </ConfirmDialog>
  );
}

function useNarrow(app: ConnectedApp, row: TokenRow, onDone: () => void) {
  const queryClient = useQueryClient();
  return useAction({
    mutationFn: (rest: { team_ids: string[]; scope: string }) => api<TokenRow>('PATCH', `/tokens/${row.token_id}`, rest),
    onSuccess: async () => {
      onDone();
      toast(`A token of ${app.client_name} was narrowed`);
      await queryClient.invalidateQueries({ queryKey: ['tokens', app.client_id] });
    },
  });
}

function TeamChoices({ row, team_ids, onChange }: { row: TokenRow; team_ids: readonly string[]; onChange: (team_ids: string[]) => void }) {
  return (
    <fieldset className="b-choices">
      <legend>Teams</legend>
      {row.teams.map(({ id, name }) => (
        <Checkbox
          key={id}
          label={name}
          checked={team_ids.includes(id)}
          onChange={({ currentTarget: { checked } }) => onChange(checked ? [...team_ids, id] : team_ids.filter((each) => each !== id))}
        />
      ))}
      {team_ids.length === 0 && <p className="b-fault">Leave at least one team, or revoke the token instead.</p>}
    </fieldset>
  );
}

function ScopeChoices({ row, scope, onChange }: { row: TokenRow; scope: readonly string[]; onChange: (scope: string[]) => void }) {
  const toggle = (word: string, checked: boolean) => {
    if (checked) return onChange([...scope, word]);
    // Who may not read may not write either.
    onChange(scope.filter((each) => each !== word && !(word === 'read' && each === 'write')));
  };
  return (
    <fieldset className="b-choices">
      <legend>Permissions</legend>
      {SCOPES.filter((each) => row.scope.split(' ').includes(each.scope)).map((each) => (
        <Checkbox
          key={each.scope}
          label={each.label}
          checked={scope.includes(each.scope)}
          onChange={(event) => toggle(each.scope, event.currentTarget.checked)}
        />
      ))}
    </fieldset>
  );
}
