import { answered, http } from '@/api/http';
import type { Entry } from '@/api/types';
import { noteSeen } from '@/api/versions';

/** One entry as the server has it now. */
export async function fetchEntry(id: string): Promise<Entry> {
  const { data, response } = await answered(
    http.GET('/api/time/entries/{entryId}', { params: { path: { entryId: id } } }),
  );
  noteSeen(data, response);
  return data;
}
