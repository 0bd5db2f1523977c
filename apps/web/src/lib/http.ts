import { type ProblemDocument, type ProblemName, problemName } from '@behalf/domain';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** After this the answer is taken for lost. */
const PATIENCE_MILLISECONDS = 30_000;
const SERVER_FAULT = 500;

/** A refusal of the API, as it told it. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(
    readonly problem: ProblemName,
    readonly document: ProblemDocument,
    /** Finds the server's log line. */
    readonly request_id: string | null,
    /** Seconds after which another try makes sense, where the server says so. */
    readonly retry_after_seconds: number | null,
  ) {
    super(document.errors?.[0]?.detail ?? document.detail ?? document.title);
  }
}

/** No answer of our server came: whether the request was carried out is unknown. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';

  constructor() {
    super('No answer came from the server. Check the connection and try again.');
  }
}

/** An answer with what proves that something was done. */
export interface Done<T> {
  readonly answer: T;
  /** The audit event that tells of the change; null where nothing changed. */
  readonly audit_event_id: string | null;
  /** When, by the server's clock, to the second. */
  readonly at: string;
}

/**
 * Calls the API below /api/v1.
 *
 * @returns what it answers; undefined for an empty answer
 * @throws ProblemError for a refusal, NetworkError when no whole answer of the server came
 */
export async function api<T>(method: Method, path: string, body?: unknown): Promise<T> {
  return (await act<T>(method, path, body)).answer;
}

/** The same, for what is shown a receipt of. */
export async function act<T>(method: Method, path: string, body?: unknown): Promise<Done<T>> {
  const { response, text } = await exchange(method, path, body);
  const answer = text === '' ? undefined : parse(text);
  if (response.ok && (text === '' || answer !== undefined)) return doneOf(response, answer as T);
  if (isProblemDocument(answer)) throw toProblem(response, answer);
  // Not ours: a proxy that refused, or one that lost the answer of a server that may have done it.
  if (response.ok || response.status >= SERVER_FAULT) throw new NetworkError();
  throw toProblem(response, unexpected(response.status));
}

/** Whether an error is the named refusal. */
export function isProblem(error: unknown, ...names: readonly ProblemName[]): error is ProblemError {
  return error instanceof ProblemError && names.includes(error.problem);
}

/** What an error says to a person. */
export function messageOf(error: unknown): string {
  return error instanceof ProblemError || error instanceof NetworkError ? error.message : 'Something unexpected happened.';
}

/** A query string of the given values; empty ones are left out. */
export function query(values: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  return given.length ? `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()}` : '';
}

async function exchange(method: Method, path: string, body: unknown): Promise<{ response: Response; text: string }> {
  try {
    const response = await fetch(`/api/v1${path}`, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      credentials: 'same-origin',
      signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
    });
    return { response, text: await response.text() };
  } catch {
    throw new NetworkError();
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function doneOf<T>({ headers }: Response, answer: T): Done<T> {
  return { answer, audit_event_id: headers.get('audit-event-id'), at: new Date(headers.get('date') ?? Date.now()).toISOString() };
}

function toProblem(response: Response, document: ProblemDocument): ProblemError {
  const wait = Number(response.headers.get('retry-after') ?? NaN);
  return new ProblemError(problemName(document), document, response.headers.get('x-request-id'), Number.isFinite(wait) ? wait : null);
}

/** Ours, by the address of its type: a gateway may answer with a document of its own. */
function isProblemDocument(answer: unknown): answer is ProblemDocument {
  return (
    typeof answer === 'object' && answer !== null && 'type' in answer && typeof answer.type === 'string' && /\/errors#/.test(answer.type)
  );
}

/** What a proxy in between refused. */
function unexpected(status: number): ProblemDocument {
  return { type: '#internal-error', title: 'The server answered something unexpected', status };
}
