/** Every query key, so that what must be refetched together can be named together. */
export const keys = {
  me: ['me'] as const,
  authSession: ['auth-session'] as const,
  sessions: ['sessions'] as const,
  tokens: ['tokens'] as const,
  workspaces: ['workspaces'] as const,
  clients: ['clients'] as const,
  projects: ['projects'] as const,
  categories: ['categories'] as const,
  tags: ['tags'] as const,
  usage: ['usage'] as const,
  active: ['active'] as const,
  entries: ['entries'] as const,
  entryList: (filters: object) => ['entries', 'list', filters] as const,
  entryRange: (from: string, to: string) => ['entries', 'range', from, to] as const,
  /** `timeZone` is where days begin and end, when there is a total of each; else null. */
  entryTotals: (filters: object, timeZone: string | null) =>
    ['entries', 'totals', filters, timeZone] as const,
  entrySearch: (words: string) => ['entries', 'search', words] as const,
  recentEntries: ['entries', 'recent'] as const,
  overlaps: (from: string, to: string) => ['overlaps', from, to] as const,
  allOverlaps: ['overlaps'] as const,
  reports: ['reports'] as const,
  reportSummary: (question: object, groups: object) => ['reports', 'summary', question, groups] as const,
  reportEntries: (question: object) => ['reports', 'entries', question] as const,
  members: ['members'] as const,
  projectMembers: (projectId: string) => ['project-members', projectId] as const,
};
