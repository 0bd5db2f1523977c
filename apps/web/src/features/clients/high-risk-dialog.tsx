import { ACCESS_TOKEN_LIFETIME, type ClientSettings, formatLifetimeShort, RISK_TEXTS, type RiskCode } from '@behalf/domain';
import { Button } from '@mantine/core';
import { IconAlertTriangle, IconPencil } from '@tabler/icons-react';
import { Dialog } from '../../ui/dialog.js';

interface Props {
  readonly settings: ClientSettings;
  readonly risks: readonly RiskCode[];
  readonly action: 'Create anyway' | 'Save anyway';
  readonly pending: boolean;
  readonly onConfirm: () => void;
  readonly onBack: () => void;
}

/** What is risky, and why. The safe way out is the filled button and has the focus. */
export function HighRiskDialog({ settings, risks, action, pending, onConfirm, onBack }: Props) {
  return (
    <Dialog
      title="Confirm high-risk configuration"
      text={`${settings.client_name} can change data for a long time with a single token.`}
      icon={<IconAlertTriangle size={18} stroke={1.6} color="var(--b-amber-ic)" aria-hidden="true" />}
      onClose={onBack}
      foot={
        <>
          <Button variant="default" onClick={onConfirm} loading={pending}>
            {action}
          </Button>
          <Button onClick={onBack} disabled={pending} data-autofocus>
            Go back
          </Button>
        </>
      }
    >
      <Facts seconds={settings.access_token_lifetime_seconds} />
      {risks.map((risk) => (
        <p key={risk} className="b-dialog-text">
          {RISK_TEXTS[risk].text}
        </p>
      ))}
    </Dialog>
  );
}

function Facts({ seconds }: { seconds: number }) {
  return (
    <dl className="b-facts">
      <div>
        <dt>Access permissions</dt>
        <dd>
          <span className="b-inline">
            <IconPencil size={14} stroke={1.6} color="var(--b-amber-ic)" aria-hidden="true" />
            Full access
          </span>
        </dd>
      </div>
      <div>
        <dt>Access token lifetime</dt>
        <dd>
          {formatLifetimeShort(seconds)} <span className="b-aside">default {formatLifetimeShort(ACCESS_TOKEN_LIFETIME.default)}</span>
        </dd>
      </div>
    </dl>
  );
}
