import { RISK_TEXTS, type RiskCode } from '@behalf/domain';
import { Button, Modal } from '@mantine/core';
import { Note } from '../../ui/states.js';

interface Props {
  readonly risks: readonly RiskCode[];
  readonly action: 'Create anyway' | 'Save anyway';
  readonly busy: boolean;
  readonly onConfirm: () => void;
  readonly onBack: () => void;
}

/** The safe way out is the filled button and has the focus. */
export function HighRiskDialog({ risks, action, busy, onConfirm, onBack }: Props) {
  return (
    <Modal.Root opened onClose={onBack} size={480} centered>
      <Modal.Overlay />
      <Modal.Content aria-label="Confirm high-risk configuration">
        <h2 className="b-dialog-title">Confirm high-risk configuration</h2>
        <div className="b-dialog-body">
          {risks.map((risk) => (
            <Note key={risk} tone="warning" title={RISK_TEXTS[risk].title}>
              {RISK_TEXTS[risk].text}
            </Note>
          ))}
        </div>
        <div className="b-dialog-foot">
          <Button variant="default" onClick={onConfirm} loading={busy}>
            {action}
          </Button>
          <Button onClick={onBack} disabled={busy} data-autofocus>
            Go back
          </Button>
        </div>
      </Modal.Content>
    </Modal.Root>
  );
}
