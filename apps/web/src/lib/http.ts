import { type ProblemDocument, type ProblemName, problemName } from '@behalf/domain';

/** A refusal of the API, as it told it. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(
    readonly problem: ProblemName,
    readonly document: ProblemDocument,
    readonly request_id: string | null,
    /** Seconds after which another try makes sense, where the server says so. */
    readonly retry_after_seconds: number | null,
  ) {
    super(document.detail ?? document.title);
  }
}

/** No answer came: whether the request was carried out is unknown. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';

  constructor() {
    super('No answer came from the server. Check the connection and try again.');
  }
}

/** Calls the API below /api/v1; returns what it answers, or throws a ProblemError or NetworkError. */
export async function api<T>(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      credentials: 'same-origin',
    });
  } catch {
    throw new NetworkError();
  }
  const text = await response.text().catch(() => {
    throw new NetworkError();
  });
  if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as T;
  throw toProblem(response, text);
}

/** Whether an error is the named refusal. */
export function isProblem(error: unknown, name: ProblemName): error is ProblemError {
  return error instanceof ProblemError && error.problem === name;
}

/** A query string of the given values; empty ones are left out. */
export function query(values: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  return given.length ? `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()}` : '';
}

function toProblem(response: Response, text: string): ProblemError {
  const wait = Number(response.headers.get('retry-after') ?? NaN);
  const request_id = response.headers.get('x-request-id');
  let document: ProblemDocument;
  try {
    document = JSON.parse(text) as ProblemDocument;
    if (typeof document.type !== 'string') throw new Error('not a problem document');
  } catch {
    document = { type: '#internal-error', title: 'The server answered something unexpected', status: response.status };
  }
  return new ProblemError(problemName(document), document, request_id, Number.isFinite(wait) ? wait : null);
}
