import { PAGE_COLOURS } from '../platform/http/pages.js';
import type { OpenApiDocument } from './document.js';
import { renderFields, renderSchema, text, typeOf } from './reference-schema.js';
import type { Schema } from './schema.js';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}

type Schemas = OpenApiDocument['components']['schemas'];

interface Listed extends Operation {
  readonly method: string;
  readonly path: string;
}

export const REFERENCE_STYLE = `${PAGE_COLOURS}
*{box-sizing:border-box}
html{scroll-padding-top:16px}
body{margin:0;background:var(--canvas);color:var(--text);font:14px/20px system-ui,sans-serif}
.page{display:grid;grid-template-columns:minmax(0,1fr);max-width:1180px;margin:0 auto;padding:24px 16px}
nav{max-height:40vh;overflow:auto;margin-bottom:24px;padding:12px 16px;background:var(--surface);border:1px solid var(--border);border-radius:12px}
nav ul{list-style:none;margin:0 0 16px;padding:0}
nav a{display:block;padding:2px 0;color:var(--text-2);text-decoration:none}
nav a:hover,nav a:focus-visible{text-decoration:underline}
nav h2{margin:0 0 4px;font-size:13px}
h1{margin:0 0 8px;font-size:24px;line-height:32px}
main h2{margin:40px 0 4px;font-size:20px;line-height:28px}
h3{margin:0;font-size:15px;line-height:22px}
h4{margin:16px 0 4px;font-size:13px}
p{margin:0 0 8px;color:var(--text-2)}
main>ul{margin:0 0 8px;padding-left:20px;color:var(--text-2)}
a{color:inherit}
code{font:13px/18px ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere}
article{margin:12px 0;padding:16px;background:var(--surface);border:1px solid var(--border);border-radius:12px}
article:target{outline:2px solid;outline-offset:2px}
.call{margin:4px 0 8px}
.method{display:inline-block;min-width:58px;font-weight:600}
dl{margin:0}
dt{padding-top:8px;border-top:1px solid var(--border)}
dd{margin:0 0 8px;color:var(--text-2)}
dl dl{margin:4px 0 4px 12px}
.type{color:var(--text-2)}
summary{cursor:pointer;font-size:13px;font-weight:600}
details{margin-top:8px}
.skip{position:absolute;left:-9999px}
.skip:focus{left:8px;top:8px;padding:8px;background:var(--surface);border:2px solid}
@media (min-width:900px){.page{grid-template-columns:260px minmax(0,1fr);gap:40px}
nav{position:sticky;top:0;align-self:start;max-height:100vh;margin:0;padding:24px 0;background:none;border:0;border-radius:0}}
`;

/** The document as a page to read: every operation with what it takes and answers, every type once. Works without script. */
export function renderReference(document: OpenApiDocument): string {
  const operations = listOperations(document);
  const parts = document.tags.map((tag) => ({ ...tag, operations: operations.filter(({ tags }) => tags.includes(tag.name)) }));
  const schemas = Object.entries(document.components.schemas);
  const contents = parts.map(
    (part) =>
      `<h2>${text(part.name)}</h2><ul>${part.operations.map((each) => `<li><a href="#${each.operationId}">${text(each.summary)}</a></li>`).join('')}</ul>`,
  );
  const sections = parts.map(
    (part) =>
      `<section><h2>${text(part.name)}</h2><p>${text(part.description)}</p>${part.operations.map((each) => renderOperation(each, document.components.schemas)).join('')}</section>`,
  );
  return `<a class="skip" href="#content">Skip to the content</a><div class="page"><nav aria-label="Contents">${contents.join('')}<ul><li><a href="#types">Types</a></li></ul></nav>
<main id="content"><h1>${text(document.info.title)} API ${text(document.info.version)}</h1>${renderText(document.info.description)}
<p><a href="/api/v1/openapi.json">OpenAPI 3.1 document</a> · <a href="/errors">Errors</a></p>
${sections.join('')}<section id="types"><h2>Types</h2><p>What calls take and answer, by name.</p>${schemas.map(renderType).join('')}</section></main></div>`;
}

function listOperations({ paths }: OpenApiDocument): Listed[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...(operation as unknown as Operation), method: method.toUpperCase(), path })),
  );
}

function renderOperation(operation: Listed, schemas: Schemas): string {
  const { operationId, method, path, summary, description, parameters, requestBody, responses } = operation;
  const given = (parameters ?? []).map(({ name, required = false, description: words = '', schema, ...where }) => ({
    name,
    required,
    note: where.in === 'path' ? 'in the path' : 'in the query',
    schema: { ...schema, description: words },
  }));
  return `<article id="${operationId}"><h3>${text(summary)}</h3>
<p class="call"><code><span class="method">${method}</span> ${text(path)}</code></p>${description ? renderText(description) : ''}${
    given.length ? `<h4>Parameters</h4>${renderFields(given)}` : ''
  }${requestBody ? `<h4>Body</h4>${renderContent(requestBody.content, schemas)}` : ''}<details><summary>Answers</summary><dl>${Object.entries(
    responses,
  )
    .map(
      ([status, answer]) =>
        `<dt><code>${status}</code> ${answer.content ? typesOf(answer.content) : ''}</dt><dd>${text(answer.description)}</dd>`,
    )
    .join('')}</dl></details></article>`;
}

function typesOf(content: Content): string {
  return Object.entries(content)
    .map(([media_type, { schema }]) => `<span class="type">${text(media_type)} ${typeOf(schema)}</span>`)
    .join(' ');
}

/** What a call takes stands with the call, whether its type has a name or not. */
function renderContent(content: Content, schemas: Schemas): string {
  return Object.entries(content)
    .map(([media_type, { schema }]) => {
      const fields = schemas[String(schema['$ref']).split('/').at(-1)!] ?? schema;
      return `<p class="type">${text(media_type)} ${typeOf(schema)}</p>${renderSchema(fields)}`;
    })
    .join('');
}

function renderType([name, schema]: [string, Schema]): string {
  const words = typeof schema['description'] === 'string' ? renderText(schema['description']) : '';
  return `<article id="type.${name}"><h3><code>${text(name)}</code></h3>${words}${renderSchema(schema)}</article>`;
}

/** Paragraphs, lists and `code`: the little of Markdown that the descriptions use. */
function renderText(markdown: string): string {
  return markdown
    .split('\n\n')
    .map((block) =>
      block.startsWith('- ')
        ? `<ul>${block
            .split('\n')
            .map((line) => `<li>${text(line.slice(2))}</li>`)
            .join('')}</ul>`
        : `<p>${text(block)}</p>`,
    )
    .join('');
}
