/** What one caller may take of this process, whoever it is. A slow or silent connection must not cost what a good one needs. */
const KIB = 1024;
const SECOND_MS = 1000;

/** Largest body in general; a list of 500 ids fits. */
export const BODY_LIMIT_BYTES = 64 * KIB;
/** A client may have 50 redirect URIs of 2048 characters. */
export const CLIENT_BODY_LIMIT_BYTES = 256 * KIB;
/** A full batch of reported audit events with their longest words. */
export const REPORT_BODY_LIMIT_BYTES = 256 * KIB;
/** `state`, `nonce`, `login_hint` and `scope` of 4096 bytes each, percent-encoded, fit into one request line. */
export const HEADER_LIMIT_BYTES = 64 * KIB;
/** The longest id in an address has 36 characters. */
export const PATH_PARAMETER_CHARACTERS = 200;
/** From the first byte, or from the opening of the connection, to the end of the headers. */
export const HEADERS_TIMEOUT_MS = 10 * SECOND_MS;
/** To the end of the body: 64 KiB at 3 KiB a second. What the server takes for its answer does not count. */
export const REQUEST_TIMEOUT_MS = 20 * SECOND_MS;
/** How often both are looked at, and so how late they may be. */
export const TIMEOUT_CHECK_MS = 2 * SECOND_MS;
/** Neither side has moved a byte, as where an answer is not read; longer than any answer takes. */
export const SILENCE_TIMEOUT_MS = 60 * SECOND_MS;
/** Above what balancers keep a connection open for, so that they close it, not we. */
export const KEEP_ALIVE_MS = 75 * SECOND_MS;
/** Connections of one process; what comes beyond is dropped, and those that are there go on. */
export const CONNECTIONS_MAX = 10_000;
/** Connections that wait to be taken up, as far as the system lets them (`somaxconn`): beyond it a caller's next attempt is a second away. */
export const LISTEN_BACKLOG = 4_096;
/**
 * Requests of one process that are being worked on, their bodies read: beyond that a new one would wait for longer than its
 * caller does, and make all others wait with it. At the OAuth endpoints a few hundred share each statement; the management API
 * has ten connections.
 */
export const IN_FLIGHT_MAX = { oauth: 1_000, management: 100 } as const;
