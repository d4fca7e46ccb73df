/** A workspace with a past, made through the API. */
import type { APIRequestContext } from '@playwright/test';

export interface Made {
  id: string;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const FIRST_HOUR = 6;
const AT_ONCE = 4;
const DESCRIPTIONS = [
  'Workshop with the customer',
  'Sketches',
  'Stand-up',
  'Quarterly report and everything that belongs to it',
  'E-mails',
  'Review',
];
const PROJECTS = {
  'UX Review Website': ['Design', 'Meetings'],
  Shop: ['Till'],
  Internal: ['Administration'],
} as const;

/** Makes something through the API. */
export async function post(
  request: APIRequestContext,
  url: string,
  path: string,
  data: unknown,
): Promise<Made> {
  const answer = await request.post(`${url}/api${path}`, { data });
  if (!answer.ok()) throw new Error(`${path}: ${await answer.text()}`);
  return (await answer.json()) as Made;
}

/** Clients, projects, categories of three levels, tags, and entries of the last days, `perDay` on each. */
export async function seed(
  request: APIRequestContext,
  url: string,
  { days, perDay, now = new Date() }: { days: number; perDay: number; now?: Date },
): Promise<void> {
  const client = await post(request, url, '/clients', { name: 'Acme Ltd' });
  const categories: string[] = [];
  for (const [name, top] of Object.entries(PROJECTS)) {
    const project = await post(request, url, '/projects', { name, clientId: client.id });
    const add = (category: string, parentCategoryId: string | null) =>
      post(request, url, `/projects/${project.id}/categories`, { name: category, parentCategoryId });
    for (const category of top) {
      const made = await add(category, null);
      categories.push(made.id);
      if (category !== 'Design') continue;
      const logo = await add('Logo', made.id);
      categories.push((await add('Sketches', logo.id)).id);
    }
  }
  // One after the other: lists of tags are in the order in which they were made.
  const tagIds: string[] = [];
  for (const name of ['Meeting', 'On site', 'Memo'])
    tagIds.push((await post(request, url, '/tags', { name })).id);
  const midnight = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  const step = (8 * HOUR_MS) / perDay;
  for (let day = 1; day <= days; day += 1) {
    const entries = Array.from({ length: perDay }, (_, index) => {
      const start = midnight - day * DAY_MS + FIRST_HOUR * HOUR_MS + index * step;
      return {
        categoryId: categories[(index + day) % categories.length],
        startedAt: new Date(start).toISOString(),
        stoppedAt: new Date(start + step * 0.9).toISOString(),
        description: DESCRIPTIONS[index % DESCRIPTIONS.length],
        tagIds: index % 3 === 0 ? tagIds : [],
        billable: index % 2 === 0,
      };
    });
    // A few at once: on a busy machine the server turns away more than its connections can take.
    for (let index = 0; index < entries.length; index += AT_ONCE)
      await Promise.all(
        entries.slice(index, index + AT_ONCE).map((entry) => post(request, url, '/time/entries', entry)),
      );
  }
}
