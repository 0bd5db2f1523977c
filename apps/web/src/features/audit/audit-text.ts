import { type AuditAction, type AuditEvent, INCIDENT_ACTIONS } from '@behalf/domain';

/** Where the action's own words would not say it well. */
const NAMES: Partial<Record<AuditAction, string>> = {
  'client.secret_rotated': 'Secret rotated',
  'client.previous_secret_ended': 'Previous secret ended',
  'client.previous_secret_used': 'Previous secret used',
  'client.authentication_refused': 'Client authentication refused',
  'token.replayed': 'Refresh token replayed',
  'token.reused': 'Refresh token reused',
  'code.replayed': 'Code replayed',
  'session.started': 'Signed in',
  'session.refused': 'Sign-in refused',
  'session.ended': 'Signed out',
  'user.password_changed': 'Password changed',
  'member.added': 'Added to team',
  'member.role_changed': 'Role changed',
  'member.removed': 'Removed from team',
  'api.read': 'Read through the API',
  'api.called': 'Call reported by an API',
  'access.denied': 'Access denied',
};

/** 'Client updated', 'Refresh token reused'. */
export function actionText(action: AuditAction): string {
  const plain = action.replace(/[._]/g, ' ');
  return NAMES[action] ?? plain.charAt(0).toUpperCase() + plain.slice(1);
}

/** 'Web UI', 'OAuth · deploy-bot', 'System'. */
export function channelText({ channel, client_name }: AuditEvent): string {
  if (channel === 'oauth') return client_name ? `OAuth · ${client_name}` : 'OAuth';
  return channel === 'ui' ? 'Web UI' : 'System';
}

export function isIncident({ action }: AuditEvent): boolean {
  return INCIDENT_ACTIONS.includes(action);
}

/** Where the name is not what people say. */
const FIELDS: Readonly<Record<string, string>> = {
  access_preset: 'Scope',
  dpop_bound_access_tokens: 'Require DPoP',
  dpop_jkt: 'Key of the client',
};

/** 'access_token_lifetime_seconds' as people say it. */
export function fieldText(field: string): string {
  if (FIELDS[field]) return FIELDS[field];
  const plain = field
    .replace(/_seconds$/, '')
    .replace(/_/g, ' ')
    .replace(/\bids?\b/g, 'ID')
    .replace(/\buris?\b/g, 'URIs')
    .replace(/\bip\b/g, 'IP');
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

interface IncidentText {
  readonly title: string;
  /** What happened; what it means is the verdict's to say. */
  readonly text: string;
  /** What each of the two uses was answered. */
  readonly answers: readonly [string, string];
}

/** Entries that hold two uses. */
export const INCIDENT_TEXTS: Partial<Record<AuditAction, IncidentText>> = {
  'token.reused': {
    title: 'Refresh token used twice',
    text: 'A refresh token that had been replaced came back, so all access of this authorization was revoked.',
    answers: ['New tokens issued', 'Refused, authorization revoked'],
  },
  'token.replayed': {
    title: 'Refresh token sent again',
    text: 'The token that was replaced last came back within seconds, and was answered with the same tokens once more.',
    answers: ['New tokens issued', 'The same tokens again'],
  },
  'code.replayed': {
    title: 'Authorization code used twice',
    text: 'A code was exchanged again with valid credentials, so what the first exchange issued was revoked.',
    answers: ['New tokens issued', 'Refused, authorization revoked'],
  },
  'client.previous_secret_used': {
    title: 'A rotated secret is still in use',
    text: 'Somebody authenticated with the client’s previous secret, which works until its overlap ends.',
    answers: ['Accepted', 'Accepted, with the previous secret'],
  },
};
