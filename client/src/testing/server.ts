import { setupServer } from 'msw/node';
import { createOpenApiHttp } from 'openapi-msw';
import type { paths } from '@/api/schema.gen';

/** Answers requests in tests. */
export const server = setupServer();

/** Handlers whose paths, bodies and answers are those of the contract. */
export const api = createOpenApiHttp<paths>({ baseUrl: window.location.origin });
