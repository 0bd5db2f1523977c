import { Copy } from '../../ui/identifier.js';

/** Comments and strings first, so that what looks like a keyword inside one stays text. */
const TOKENS = /((?:^|(?<=\s))(?:#|\/\/ ).*$)|('[^'\n]*'|"[^"\n]*")|\b(import|from|as|const|let|await|async|new|return|def|with|print)\b/gm;
const CLASSES = ['b-code-comment', 'b-code-string', 'b-code-keyword'];

/** A piece of code with its own copy button. */
export function Code({ label, text }: { label: string; text: string }) {
  return (
    <div className="b-code">
      <pre tabIndex={0} role="region" aria-label={label}>
        <code>{highlight(text)}</code>
      </pre>
      <Copy value={text} label={`Copy: ${label}`} />
    </div>
  );
}

function highlight(text: string) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(TOKENS)) {
    const kind = match.slice(1).findIndex((group) => group !== undefined);
    parts.push(
      text.slice(end, match.index),
      <span key={match.index} className={CLASSES[kind]}>
        {match[0]}
      </span>,
    );
    end = match.index + match[0].length;
  }
  return [...parts, text.slice(end)];
}
