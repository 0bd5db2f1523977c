/** Where the description of the API is found. */
export const DOCUMENT_PATH = '/api/v1/openapi.json';
export const REFERENCE_PATH = '/docs/api';
