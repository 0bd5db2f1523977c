import type { Client, ClientSettings } from '@behalf/domain';
import { Button } from '@mantine/core';
import { Note } from '../../ui/note.js';
import { SETTING_LABELS, settingText } from './setting-text.js';
import { changesBetween, type Edit, settingsOf } from './use-edit.js';

/** Somebody saved in between: both versions, and neither is lost without a word. */
export function ConflictNote({ edit, theirs }: { edit: Edit; theirs: Client }) {
  const changed = changesBetween(settingsOf(edit.base), settingsOf(theirs));
  const names = Object.keys(changed) as (keyof ClientSettings)[];
  return (
    <div className="b-drawer-note" role="alert">
      <Note tone="warning" title="Someone else changed this client meanwhile">
        {names.length === 0 ? 'Its settings are the same as before.' : 'They saved:'}
        <ul className="b-names">
          {names.map((name) => (
            <li key={name}>
              {SETTING_LABELS[name]}: <strong>{settingText(name, settingsOf(theirs)[name])}</strong>
              {name in edit.changes && ` (yours: ${settingText(name, edit.settings[name])})`}
            </li>
          ))}
        </ul>
        <div className="b-note-actions">
          <Button variant="default" onClick={() => edit.resolve(theirs, settingsOf(theirs))}>
            Discard my changes
          </Button>
          <Button variant="default" onClick={() => edit.resolve(theirs, { ...settingsOf(theirs), ...edit.changes })}>
            Keep my changes
          </Button>
        </div>
      </Note>
    </div>
  );
}
