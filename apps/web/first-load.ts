import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { Plugin, Rolldown } from 'vite';

type Bundle = Rolldown.OutputBundle;
type Chunk = Rolldown.OutputChunk;

/** What an address may load as JavaScript before it is shown, in bytes as brotli sends them: what every browser takes over https. */
const FIRST_LOAD_LIMIT = 250_000;
/** Below it, a compressed copy saves no packet. */
const WORTH_COMPRESSING = 1_000;
const TEXT = /\.(js|css|svg)$/;
const DRAWER = /[^/]+-drawer\.tsx$/;
const PAGE = /[^/]+-page\.tsx$/;

/**
 * Fails the build where an address would load too much, and lays a compressed copy beside each file, since compressing at every
 * request would cost the server more than it saves.
 */
export function firstLoad(): Plugin {
  return {
    name: 'first-load',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const copies = new Map(Object.values(bundle).flatMap(compressed));
        for (const { address, bytes } of firstLoads(bundle, copies)) {
          if (bytes > FIRST_LOAD_LIMIT) this.error(`${address} first loads ${bytes} bytes, over ${FIRST_LOAD_LIMIT}.`);
        }
        for (const [fileName, source] of copies) this.emitFile({ type: 'asset', fileName, source });
      },
    },
  };
}

/** The copies of a file, by name; none of what is no text, or too small. */
function compressed(output: Bundle[string]): [string, Buffer][] {
  const source = Buffer.from(output.type === 'chunk' ? output.code : output.source);
  if (!TEXT.test(output.fileName) || source.length < WORTH_COMPRESSING) return [];
  return [
    [`${output.fileName}.br`, brotliCompressSync(source)],
    [`${output.fileName}.gz`, gzipSync(source, { level: 9 })],
  ];
}

/** What each address loads: entry, shell and its page; a drawer comes with the pages of its feature. */
function firstLoads(bundle: Bundle, copies: ReadonlyMap<string, Buffer>): { address: string; bytes: number }[] {
  const chunks = new Map(Object.values(bundle).flatMap((each) => (each.type === 'chunk' ? [[each.fileName, each] as const] : [])));
  const entry = [...chunks.values()].find(({ isEntry }) => isEntry);
  const routes = entry?.dynamicImports.map((name) => chunks.get(name)).filter((chunk) => chunk !== undefined) ?? [];
  const shell = routes.find(({ facadeModuleId }) => facadeModuleId?.endsWith('/app/shell.tsx'));
  // A router that is put together in another way would otherwise be let through unseen.
  if (!entry || !shell) throw new Error('The entry does not load the shell by itself.');
  return routes.map((route) => {
    const pages = DRAWER.test(route.facadeModuleId ?? '') ? routes.filter((each) => isPageBeside(route, each)) : [];
    return { address: route.name, bytes: sizeOf(closure([entry, shell, route, ...pages], chunks), copies) };
  });
}

const isPageBeside = ({ facadeModuleId: drawer }: Chunk, { facadeModuleId: page }: Chunk) =>
  PAGE.test(page ?? '') && drawer?.replace(DRAWER, '') === page?.replace(PAGE, '');

/** Chunks with all that they import at once. */
function closure(start: readonly Chunk[], chunks: ReadonlyMap<string, Chunk>): ReadonlySet<Chunk> {
  const loaded = new Set<Chunk>();
  const load = (chunk: Chunk | undefined) => {
    if (!chunk || loaded.has(chunk)) return;
    loaded.add(chunk);
    for (const name of chunk.imports) load(chunks.get(name));
  };
  start.forEach(load);
  return loaded;
}

function sizeOf(loaded: ReadonlySet<Chunk>, copies: ReadonlyMap<string, Buffer>): number {
  return [...loaded].reduce((sum, { fileName, code }) => sum + (copies.get(`${fileName}.br`)?.length ?? code.length), 0);
}
