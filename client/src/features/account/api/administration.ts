/** What administrators of the installation read and change. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { answered, body, http } from '@/api/http';
import { keys } from '@/api/keys';
import type { Schemas } from '@/api/types';
import type { ListPage } from '@/components/paged-list';

export type AccountSummary = Schemas['AccountSummary'];
export type Job = Schemas['Job'];
export type WorkspaceSummary = Schemas['WorkspaceSummary'];
export type InstallationLine = Schemas['InstallationAuditLogLine'];
export type Diagnostics = Schemas['Diagnostics'];

const USERS = ['administration', 'users'] as const;
const JOBS = ['administration', 'jobs'] as const;
const WORKSPACES = ['administration', 'workspaces'] as const;
const AUDIT_LOG = ['administration', 'audit-log'] as const;
const DIAGNOSTICS = ['administration', 'diagnostics'] as const;
const PAGE_SIZE = 50;

interface PageQuery {
  limit: number;
  cursor?: string;
}

/** A list that is read in pages, each by a request. */
function pages<Row>(
  queryKey: readonly string[],
  read: (page: PageQuery, signal: AbortSignal) => Parameters<typeof answered<Row[]>>[0],
) {
  return infiniteQueryOptions({
    queryKey,
    queryFn: async ({ signal, pageParam }): Promise<ListPage<Row>> => {
      const page = { limit: PAGE_SIZE, ...(pageParam ? { cursor: pageParam } : {}) };
      const { data, response } = await answered(read(page, signal));
      return { rows: data, nextCursor: response.headers.get('X-Next-Cursor') };
    },
    initialPageParam: '',
    getNextPageParam: (page: ListPage<Row>) => page.nextCursor ?? undefined,
    refetchOnMount: 'always',
  });
}

/** How a list of such rows is asked for. */
export type PagesQuery<Row> = ReturnType<typeof pages<Row>>;

/** Accounts with a text in their name or address. */
export const usersQuery = (q: string) =>
  pages<AccountSummary>([...USERS, q], (page, signal) =>
    http.GET('/api/administration/users', { params: { query: { ...page, ...(q ? { q } : {}) } }, signal }),
  );

/** Workspaces with a text in their name. */
export const workspacesQuery = (q: string) =>
  pages<WorkspaceSummary>([...WORKSPACES, q], (page, signal) =>
    http.GET('/api/administration/workspaces', {
      params: { query: { ...page, ...(q ? { q } : {}) } },
      signal,
    }),
  );

/** Lines of the audit log that belong to no workspace; with an action only its lines. */
export const installationLogQuery = (action: string) =>
  pages<InstallationLine>([...AUDIT_LOG, action], (page, signal) =>
    http.GET('/api/administration/audit-log', {
      params: { query: { ...page, ...(action ? { action } : {}) } },
      signal,
    }),
  );

export const jobsQuery = queryOptions({
  queryKey: JOBS,
  queryFn: ({ signal }) => body(http.GET('/api/administration/jobs', { signal })),
  refetchOnMount: 'always',
});

/** How the server sees itself, and when that was, by the browser's clock. */
export const diagnosticsQuery = queryOptions({
  queryKey: DIAGNOSTICS,
  queryFn: async ({ signal }) => ({
    seen: await body(http.GET('/api/administration/diagnostics', { signal })),
    at: Date.now(),
  }),
  refetchOnMount: 'always',
});

/** Changing accounts and jobs; what is listed is read again afterwards. */
export function useAdministration() {
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: ({ user, changes }: { user: AccountSummary; changes: Schemas['UpdateAccount'] }) =>
      body(
        http.PATCH('/api/administration/users/{userId}', {
          params: { path: { userId: user.id } },
          body: changes,
        }),
      ),
    // One's own may have changed.
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: USERS }),
        client.invalidateQueries({ queryKey: keys.authSession }),
      ]),
  });
  const resetLink = useMutation({
    mutationFn: ({ id }: AccountSummary) =>
      body(http.POST('/api/administration/users/{userId}/reset-link', { params: { path: { userId: id } } })),
  });
  const onSettled = () => client.invalidateQueries({ queryKey: JOBS });
  const retry = useMutation({
    mutationFn: ({ id }: Job) =>
      body(http.POST('/api/administration/jobs/{jobId}/retry', { params: { path: { jobId: id } } })),
    onSettled,
  });
  const remove = useMutation({
    mutationFn: ({ id }: Job) =>
      body(http.DELETE('/api/administration/jobs/{jobId}', { params: { path: { jobId: id } } })),
    onSettled,
  });
  const removeWorkspace = useMutation({
    mutationFn: ({ id, name }: { id: string; name: string }) =>
      body(
        http.DELETE('/api/administration/workspaces/{workspaceId}', {
          params: { path: { workspaceId: id } },
          body: { name },
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: WORKSPACES }),
  });
  const testMessage = useMutation({
    mutationFn: () => body(http.POST('/api/administration/test-message')),
  });
  return { change, resetLink, retry, remove, removeWorkspace, testMessage };
}
