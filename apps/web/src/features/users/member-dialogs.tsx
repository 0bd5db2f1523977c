import {
  compareRoles,
  type Member,
  type Permission,
  permissionsText,
  ROLES,
  type Role,
  type UserImpact,
  type UserRef,
} from '@behalf/domain';
import { IconMinus, IconPlus } from '@tabler/icons-react';
import { api } from '../../lib/http.js';
import { teamPath } from '../../lib/resources.js';
import { useAction } from '../../lib/use-action.js';
import { ConfirmDialog } from '../../ui/dialog.js';
import { FailureNote } from '../../ui/failure-note.js';
import { toast } from '../../ui/toast.js';
import { type Effect, ImpactNote, receipt, useImpact } from './impact.js';
import { useRefreshPeople } from './use-people.js';

/** What somebody is to become in a team: another role, in it, or out of it. */
export interface MemberChange {
  readonly user: UserRef;
  readonly team: { readonly id: string; readonly name: string };
  readonly before: Role | null;
  readonly after: Role | null;
}

interface Words {
  readonly title: string;
  readonly text: string;
  readonly action: string;
  readonly effect: Effect;
  readonly happened: Effect;
  readonly done: string;
}

/** Asks before a change in a team is made, and says what it gives, what it takes and which live tokens it touches. */
export function MemberDialog({ change, onClose }: { change: MemberChange; onClose: () => void }) {
  const { user, team, before, after } = change;
  const words = wordsOf(change);
  const found = useImpact(user.id, team.id);
  const send = useSend(change, words, onClose);
  return (
    <ConfirmDialog
      title={words.title}
      text={words.text}
      action={words.action}
      color={after === null ? 'red' : 'indigo'}
      pending={send.pending}
      disabled={found.counting}
      onConfirm={() => send.run(found.impact)}
      onClose={onClose}
    >
      {after !== null && <Difference {...compareRoles(before, after)} />}
      <ImpactNote {...found} effect={words.effect} none={`No live token acts on ${team.name}, so none is affected.`} />
      <FailureNote title={`${user.name} was not ${before && after ? 'changed' : after ? 'added' : 'removed'}`} error={send.error} />
    </ConfirmDialog>
  );
}

function Difference({ gains, loses }: { gains: Permission[]; loses: Permission[] }) {
  return (
    <dl className="b-difference">
      <DifferenceLine title="Gains" permissions={gains} icon={IconPlus} />
      <DifferenceLine title="Loses" permissions={loses} icon={IconMinus} />
    </dl>
  );
}

function DifferenceLine({ title, permissions, icon: Icon }: { title: string; permissions: Permission[]; icon: typeof IconPlus }) {
  if (!permissions.length) return null;
  return (
    <div>
      <dt>
        <Icon size={14} stroke={1.6} aria-hidden="true" /> {title}
      </dt>
      <dd>{permissionsText(permissions).join(' · ')}</dd>
    </div>
  );
}

function wordsOf({ user, team, before, after }: MemberChange): Words {
  if (after === null) {
    return {
      title: 'Remove from team',
      text: `${user.name} leaves ${team.name}. Tokens cannot act on it any more, and stop working where it was their only one. Adding ${user.name} again gives them the team back.`,
      action: 'Remove from team',
      effect: { one: `loses ${team.name} on its next call`, many: `lose ${team.name} on their next call` },
      happened: { one: `lost ${team.name}`, many: `lost ${team.name}` },
      done: `${user.name} left ${team.name}.`,
    };
  }
  const role = ROLES[after].name;
  if (before === null) {
    return {
      title: 'Add to team',
      text: `${user.name} becomes ${role} in ${team.name}.`,
      action: 'Add to team',
      effect: { one: `was granted ${team.name} before and regains it`, many: `were granted ${team.name} before and regain it` },
      happened: { one: `regained ${team.name}`, many: `regained ${team.name}` },
      done: `${user.name} is ${role} in ${team.name}.`,
    };
  }
  return {
    title: 'Change role',
    text: `${user.name} becomes ${role} in ${team.name}, in place of ${ROLES[before].name}.`,
    action: 'Change role',
    effect: { one: `acts as ${role} there on its next call`, many: `act as ${role} there on their next call` },
    happened: { one: 'follows at once', many: 'follow at once' },
    done: `${user.name} is ${role} in ${team.name}.`,
  };
}

function useSend({ user, team, after }: MemberChange, { done, happened }: Words, onDone: () => void) {
  const refresh = useRefreshPeople();
  const path = `${teamPath(team.id)}/members/${encodeURIComponent(user.id)}`;
  return useAction({
    mutationFn: async (_counted: UserImpact | undefined) => {
      if (after === null) await api<void>('DELETE', path);
      else await api<Member>('PUT', path, { role: after });
    },
    onSuccess: async (_answer, impact) => {
      toast(done + receipt(impact, happened));
      await refresh(onDone);
    },
  });
}
