import type { UserImpact } from '@behalf/domain';
import { useQuery } from '@tanstack/react-query';
import { plural } from '../../lib/format.js';
import { userImpactQuery } from '../../lib/resources.js';
import { Note } from '../../ui/note.js';

/** How many live tokens a change touches, and what it does to them: 'stops working', 'stop working'. */
export interface Effect {
  readonly one: string;
  readonly many: string;
}

/** Counted when the dialog opens; a change is not offered before it is known what it touches. */
export function useImpact(user_id: string, team_id?: string) {
  const { data, isError } = useQuery(userImpactQuery(user_id, team_id));
  return { impact: data, failed: isError, counting: !data && !isError };
}

/** '3 live tokens of 2 clients stop working at once.' */
function impactText({ live_tokens, clients }: UserImpact, { one, many }: Effect): string {
  const tokens = plural(live_tokens, 'live token', 'live tokens');
  return `${tokens} of ${plural(clients, 'client', 'clients')} ${live_tokens === 1 ? one : many}.`;
}

interface Props extends ReturnType<typeof useImpact> {
  readonly effect: Effect;
  /** What is said where there is none. */
  readonly none?: string;
}

/** What a change touches, before it is made. */
export function ImpactNote({ impact, failed, effect, none = 'No live token is affected.' }: Props) {
  return (
    <div role="status">
      <Note tone={impact?.live_tokens === 0 ? 'info' : 'warning'}>
        {impact && (impact.live_tokens === 0 ? none : impactText(impact, effect))}
        {failed && 'The live tokens that this touches could not be counted.'}
        {!impact && !failed && 'Counting live tokens …'}
      </Note>
    </div>
  );
}

/** For the toast afterwards: what was counted right before, where there was something. */
export function receipt(impact: UserImpact | undefined, effect: Effect): string {
  return impact && impact.live_tokens > 0 ? ` ${impactText(impact, effect)}` : '';
}
