import type { Client, ClientSettings } from '@behalf/domain';
import { Button } from '@mantine/core';
import { Note } from '../../ui/note.js';
import { SETTING_LABELS, settingText } from './setting-text.js';
import { changesBetween, type Edit, settingsOf } from './use-edit.js';

/** Somebody saved in between: both versions side by side, and neither is lost without a word. */
export function ConflictNote({ edit, theirs }: { edit: Edit; theirs: Client }) {
  const now = settingsOf(theirs);
  const before = settingsOf(edit.base);
  const changed = changesBetween(before, now);
  const names = Object.keys({ ...changed, ...edit.changes }) as (keyof ClientSettings)[];
  const mine = { ...now, ...edit.changes };
  const cell = (name: keyof ClientSettings, settings: ClientSettings) => (
    <td data-changed={JSON.stringify(settings[name]) !== JSON.stringify(before[name]) || undefined}>{settingText(name, settings[name])}</td>
  );
  return (
    <div className="b-drawer-note" role="alert">
      <Note tone="warning" title="Someone else changed this client meanwhile">
        {Object.keys(changed).length === 0 && 'Its settings are the same as before; only its status or secret changed.'}
        <div className="b-versions" tabIndex={0} role="region" aria-label="Both versions">
          <table>
            <thead>
              <tr>
                <th scope="col">Setting</th>
                <th scope="col">Mine</th>
                <th scope="col">Theirs</th>
              </tr>
            </thead>
            <tbody>
              {names.map((name) => (
                <tr key={name}>
                  <th scope="row">{SETTING_LABELS[name]}</th>
                  {cell(name, name in edit.changes ? edit.settings : before)}
                  {cell(name, now)}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <div className="b-note-actions">
          <Button variant="default" onClick={() => edit.resolve(theirs, mine)}>
            Keep mine
          </Button>
          <Button variant="default" onClick={() => edit.resolve(theirs, now)}>
            Take theirs
          </Button>
          <span className="b-help">Mine keeps what you changed on top of theirs. Nothing is saved yet.</span>
        </div>
      </Note>
    </div>
  );
}
