/** A small workspace that answers as the server does, for tests of components. */
import type { Category, Client, Entry, Me, Project, Tag } from '@/api/types';
import { dayOf, endOfDay } from '@/lib/time/zoned';
import { api, server } from './server';

const MADE = '2026-01-05T08:00:00.000000Z';
let [counter, edits] = [0, 0];

/** A UUID of version 7's form; each call another one, in order. */
function newId(): string {
  counter += 1;
  return `01900000-0000-7000-8000-${String(counter).padStart(12, '0')}`;
}

/** The time of another change. */
function touched(): string {
  edits += 1;
  return `2026-01-06T08:00:00.${String(edits).padStart(6, '0')}Z`;
}

/** When an entry ends; one that runs, now. */
const until = ({ stoppedAt }: Entry) => (stoppedAt === null ? Date.now() : Date.parse(stoppedAt));

/** Whether an entry passes the filters of a place and of a text. */
function passes(query: { get: (name: 'projectId' | 'categoryId' | 'q') => string | null }) {
  const [project, category, text] = [query.get('projectId'), query.get('categoryId'), query.get('q') ?? ''];
  return (entry: Entry) =>
    [entry.projectId, null].includes(project) &&
    [entry.categoryId, null].includes(category) &&
    entry.description.toLowerCase().includes(text.toLowerCase());
}

/** The range that entries overlap. */
function range(query: { get: (name: 'overlapFrom' | 'overlapTo') => string | null }) {
  const [from, to] = [query.get('overlapFrom'), query.get('overlapTo')];
  return { from: from === null ? -Infinity : Date.parse(from), to: to === null ? Infinity : Date.parse(to) };
}

/** Of a person who has chosen nothing. */
const NO_SETTINGS: Me['user']['settings'] = {
  language: null,
  hourCycle: null,
  firstDayOfWeek: null,
  durationFormat: null,
  density: null,
  theme: null,
  singleKeyShortcuts: true,
};

export class World {
  me: Me = {
    user: { id: newId(), name: 'Ada', email: null, timeZone: 'Europe/Berlin', settings: { ...NO_SETTINGS } },
    workspace: { id: newId(), name: 'Workspace', timeZone: 'Europe/Berlin' },
    role: 'owner',
    authMode: 'none',
  };
  clients: Client[] = [];
  projects: Project[] = [];
  categories: Category[] = [];
  tags: Tag[] = [];
  entries: Entry[] = [];
  deleted: Entry[] = [];
  /** What was asked for, as `POST /api/time/start`, except for reading. */
  readonly log: string[] = [];

  client(name: string): Client {
    const client = { id: newId(), name, archived: false, createdAt: MADE, updatedAt: MADE, revision: 1 };
    this.clients.push(client);
    return client;
  }

  project(name: string, more: Partial<Project> = {}): Project {
    const project = {
      id: newId(),
      name,
      color: '#2f6fed',
      clientId: null,
      billable: false,
      private: false,
      archived: false,
      createdAt: MADE,
      updatedAt: MADE,
      revision: 1,
      ...more,
    };
    this.projects.push(project);
    return project;
  }

  category(project: Project, name: string, parent: Category | null = null): Category {
    const category = {
      id: newId(),
      projectId: project.id,
      parentCategoryId: parent?.id ?? null,
      name,
      color: null,
      archived: false,
      position: null,
      createdAt: MADE,
      updatedAt: MADE,
      revision: 1,
    };
    this.categories.push(category);
    return category;
  }

  tag(name: string): Tag {
    const tag = { id: newId(), name, color: null, createdAt: MADE, updatedAt: MADE, revision: 1 };
    this.tags.push(tag);
    return tag;
  }

  entry(category: Category, startedAt: string, stoppedAt: string | null, more: Partial<Entry> = {}): Entry {
    const entry: Entry = {
      id: newId(),
      userId: '00000000-0000-7000-8000-000000000001',
      categoryId: category.id,
      projectId: category.projectId,
      startedAt,
      stoppedAt,
      durationSeconds: stoppedAt === null ? null : (Date.parse(stoppedAt) - Date.parse(startedAt)) / 1000,
      description: '',
      tagIds: [],
      billable: false,
      createdAt: MADE,
      updatedAt: MADE,
      revision: 1,
      ...more,
    };
    this.entries.push(entry);
    return entry;
  }

  running(): Entry | null {
    return this.entries.find((entry) => entry.stoppedAt === null) ?? null;
  }

  /** Changes an entry as another tab would. */
  touch(id: string, changes: Partial<Entry>): Entry {
    const index = this.entries.findIndex((entry) => entry.id === id);
    const before = this.entries[index];
    if (!before) throw new Error(`no entry ${id}`);
    const next = { ...before, ...changes, updatedAt: touched(), revision: before.revision + 1 };
    this.entries[index] = next;
    return next;
  }

  private start(more: Pick<Entry, 'categoryId'> & Partial<Entry>, now = new Date().toISOString()): Entry {
    const running = this.running();
    if (running) this.touch(running.id, { stoppedAt: now, durationSeconds: 0 });
    const category = this.categories.find((candidate) => candidate.id === more.categoryId);
    if (!category) throw new Error('no such category');
    return this.entry(category, now, null, more);
  }

  private find(id: string): Entry | undefined {
    return this.entries.find((entry) => entry.id === id);
  }

  /** Answers every request with this workspace. */
  serve(): this {
    const etag = (object: { revision: number }) => ({ ETag: `"${object.revision}"` });
    const missing = { code: 'not_found', message: 'Not found.', requestId: 'r-404' };
    server.events.removeAllListeners();
    server.events.on('request:start', ({ request }) => {
      if (request.method !== 'GET') this.log.push(`${request.method} ${new URL(request.url).pathname}`);
    });
    server.use(
      api.get('/api/me', ({ response }) => response(200).json(this.me)),
      api.get('/api/currencies', ({ response }) => response(200).json([])),
      api.get('/api/saved-reports', ({ response }) => response(200).json([])),
      api.get('/api/clients', ({ response }) => response(200).json(this.clients)),
      api.get('/api/projects', ({ response }) => response(200).json(this.projects)),
      api.get('/api/categories', ({ response }) => response(200).json(this.categories)),
      api.get('/api/tags', ({ response }) => response(200).json(this.tags)),
      api.post('/api/projects', async ({ request, response }) =>
        response(201).json(this.project((await request.json()).name)),
      ),
      api.post('/api/projects/{projectId}/categories', async ({ request, params, response }) => {
        const { name, parentCategoryId } = await request.json();
        const project = this.projects.find((candidate) => candidate.id === params.projectId);
        const parent = this.categories.find((candidate) => candidate.id === parentCategoryId) ?? null;
        return project
          ? response(201).json(this.category(project, name, parent))
          : response(404).json(missing);
      }),
      api.post('/api/projects/{projectId}/categories/bulk-create', async ({ request, params, response }) => {
        const { categories, parentCategoryId } = await request.json();
        const project = this.projects.find((candidate) => candidate.id === params.projectId);
        const parent = this.categories.find((candidate) => candidate.id === parentCategoryId) ?? null;
        return project
          ? response(201).json(categories.map(({ name }) => this.category(project, name, parent)))
          : response(404).json(missing);
      }),
      api.patch(
        '/api/projects/{projectId}/categories/{categoryId}',
        async ({ request, params, response }) => {
          const index = this.categories.findIndex((candidate) => candidate.id === params.categoryId);
          const before = this.categories[index];
          if (!before) return response(404).json(missing);
          const changes = await request.json();
          const next = {
            ...before,
            ...changes,
            updatedAt: touched(),
            revision: before.revision + 1,
          } as Category;
          this.categories[index] = next;
          return response(200).json(next, { headers: etag(next) });
        },
      ),
      api.get('/api/projects/{projectId}/categories/{categoryId}', ({ params, response }) => {
        const category = this.categories.find((candidate) => candidate.id === params.categoryId);
        return category
          ? response(200).json(category, { headers: etag(category) })
          : response(404).json(missing);
      }),
      api.post('/api/projects/{projectId}/categories/order', async ({ request, params, response }) => {
        const { parentCategoryId = null, categoryIds } = await request.json();
        for (const category of this.categories) {
          if (category.projectId !== params.projectId || category.parentCategoryId !== parentCategoryId)
            continue;
          const place = categoryIds.indexOf(category.id);
          category.position = place === -1 ? null : place + 1;
        }
        return response(204).empty();
      }),
      api.delete('/api/projects/{projectId}/categories/{categoryId}', ({ params, query, response }) => {
        const { categoryId } = params;
        const isBelow = (category: Category): boolean =>
          category.id === categoryId ||
          this.categories.some((other) => other.id === category.parentCategoryId && isBelow(other));
        const isGone =
          query.get('includeSubcategories') === 'true' ? isBelow : (one: Category) => one.id === categoryId;
        this.categories = this.categories.filter((category) => !isGone(category));
        return response(204).empty();
      }),
      api.get('/api/time/usage', ({ response }) => {
        const categories = this.categories.flatMap(({ id }) => {
          const entries = this.entries.filter((entry) => entry.categoryId === id);
          if (entries.length === 0) return [];
          return {
            id,
            entries: entries.length,
            durationSeconds: entries.reduce((sum, entry) => sum + (entry.durationSeconds ?? 0), 0),
            lastUsedAt: new Date(Math.max(...entries.map(until))).toISOString(),
          };
        });
        return response(200).json({ asOf: new Date(Date.now()).toISOString(), categories, tags: [] });
      }),
      api.post('/api/tags', async ({ request, response }) =>
        response(201).json(this.tag((await request.json()).name)),
      ),
      api.get('/api/time/active', ({ response }) => response(200).json(this.running())),
      api.get('/api/time/overlaps', ({ response }) => response(200).json([])),
      api.get('/api/time/entries', ({ query, response }) => {
        const { from, to } = range(query);
        const found = this.entries
          .filter(passes(query))
          .filter((entry) => Date.parse(entry.startedAt) < to && until(entry) > from)
          .sort((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt));
        const first = Number(query.get('cursor') ?? 0);
        const limit = Number(query.get('limit') ?? Infinity);
        const more = found.length > first + limit;
        return response(200).json(found.slice(first, first + limit), {
          headers: more ? { 'X-Next-Cursor': String(first + limit) } : {},
        });
      }),
      api.get('/api/time/totals', ({ query, response }) => {
        const { from, to } = range(query);
        const found = this.entries.filter(passes(query));
        const sums = (first: number, end: number) => {
          const inside = found.filter((entry) => Date.parse(entry.startedAt) < end && until(entry) > first);
          const seconds = (entry: Entry) =>
            (Math.min(until(entry), end) - Math.max(Date.parse(entry.startedAt), first)) / 1000;
          const sum = (entries: Entry[]) =>
            entries.reduce((all, entry) => all + Math.floor(seconds(entry)), 0);
          return {
            from: Number.isFinite(first) ? new Date(first).toISOString() : null,
            to: Number.isFinite(end) ? new Date(end).toISOString() : null,
            entries: inside.length,
            running: inside.filter((entry) => entry.stoppedAt === null).length,
            durationSeconds: sum(inside),
            billableSeconds: sum(inside.filter((entry) => entry.billable)),
          };
        };
        const timeZone = query.get('timeZone') ?? 'UTC';
        const days = [];
        if (query.get('days') === 'true') {
          for (let at = from; at < to; at = endOfDay(dayOf(at, timeZone), timeZone)) {
            const date = dayOf(at, timeZone);
            const end = Math.min(to, endOfDay(date, timeZone));
            days.push({
              ...sums(at, end),
              date: date.toString(),
              from: new Date(at).toISOString(),
              to: new Date(end).toISOString(),
            });
          }
        }
        return response(200).json({
          asOf: new Date(Date.now()).toISOString(),
          ...sums(from, to),
          ...(days.length > 0 ? { timeZone, days } : {}),
        });
      }),
      api.post('/api/time/start', async ({ request, response }) => {
        const { categoryId, startedAt, description, tagIds, billable } = await request.json();
        return response(201).json(
          this.start(
            {
              categoryId,
              description: description ?? '',
              tagIds: tagIds ?? [],
              billable: billable ?? false,
            },
            startedAt ?? undefined,
          ),
        );
      }),
      api.post('/api/time/stop', ({ response }) => {
        const running = this.running();
        if (!running) {
          return response(409).json({
            code: 'no_active_timer',
            message: 'No timer is running.',
            requestId: 'r-409',
          });
        }
        const stoppedAt = new Date().toISOString();
        const seconds = Math.floor((Date.parse(stoppedAt) - Date.parse(running.startedAt)) / 1000);
        return response(200).json(this.touch(running.id, { stoppedAt, durationSeconds: seconds }));
      }),
      api.get('/api/time/entries/{entryId}', ({ params, response }) => {
        const entry = this.find(params.entryId);
        return entry ? response(200).json(entry, { headers: etag(entry) }) : response(404).json(missing);
      }),
      api.patch('/api/time/entries/{entryId}', async ({ request, params, response }) => {
        const entry = this.find(params.entryId);
        if (!entry) return response(404).json(missing);
        const expected = request.headers.get('If-Match');
        if (expected !== null && expected !== etag(entry).ETag) {
          return response(412).json({ code: 'precondition_failed', message: 'Changed.', requestId: 'r-412' });
        }
        const { description, ...changes } = await request.json();
        const next = this.touch(entry.id, {
          ...changes,
          ...(description === undefined ? {} : { description: description ?? '' }),
        });
        return response(200).json(next, { headers: etag(next) });
      }),
      api.delete('/api/time/entries/{entryId}', ({ request, params, response }) => {
        const entry = this.find(params.entryId);
        if (!entry) return response(404).json(missing);
        const expected = request.headers.get('If-Match');
        if (expected !== null && expected !== etag(entry).ETag) {
          return response(412).json({ code: 'precondition_failed', message: 'Changed.', requestId: 'r-412' });
        }
        this.entries = this.entries.filter((candidate) => candidate !== entry);
        this.deleted.push(entry);
        return response(204).empty();
      }),
      api.post('/api/time/entries/{entryId}/restore', ({ params, response }) => {
        const entry = this.deleted.find((candidate) => candidate.id === params.entryId);
        if (!entry) return response(404).json(missing);
        this.entries.push(entry);
        return response(200).json(entry);
      }),
      api.post('/api/time/entries/{entryId}/resume', ({ params, response }) => {
        const entry = this.find(params.entryId);
        if (!entry) return response(404).json(missing);
        const { categoryId, description, tagIds, billable } = entry;
        return response(201).json(this.start({ categoryId, description, tagIds, billable }));
      }),
      api.post('/api/time/entries', async ({ request, response }) => {
        const { categoryId, startedAt, stoppedAt, description } = await request.json();
        const category = this.categories.find((candidate) => candidate.id === categoryId);
        if (!category) return response(400).json(missing);
        return response(201).json(
          this.entry(category, startedAt, stoppedAt, { description: description ?? '' }),
        );
      }),
      api.post('/api/time/entries/bulk-delete', async ({ request, response }) => {
        const { ids } = await request.json();
        this.deleted.push(...this.entries.filter((entry) => ids.includes(entry.id)));
        this.entries = this.entries.filter((entry) => !ids.includes(entry.id));
        return response(200).json({ deleted: ids.length });
      }),
      api.post('/api/time/entries/bulk-edit', async ({ request, response }) => {
        const { ids, changes } = await request.json();
        const edited = ids.map((id) =>
          this.touch(id, { ...(changes.billable === undefined ? {} : { billable: changes.billable }) }),
        );
        return response(200).json(edited);
      }),
    );
    return this;
  }
}
