/** Schedules of saved reports: when, as which file and to whom a report is sent by mail. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { body, http } from '@/api/http';
import { listed } from '@/api/listed';
import { untold } from '@/api/query-client';
import type { Schemas } from '@/api/types';
import { edit, remove } from '@/api/versions';
import type { SavedReport } from './saved';

export type Schedule = Schemas['ReportSchedule'];
export type NewSchedule = Schemas['CreateReportSchedule'];
type Changes = Schemas['UpdateReportSchedule'];

export const EVERY = ['day', 'week', 'month', 'month_end'] as const;
export type Every = (typeof EVERY)[number];
export const FORMATS = ['pdf', 'xlsx'] as const;
/** A month has at least so many days; its last day has a choice of its own. */
export const LAST_DAY = 28;
export const MAX_RECIPIENTS = 20;

const KEY = 'report-schedules';

export function schedulesQuery({ id }: SavedReport) {
  return queryOptions({
    queryKey: [KEY, id],
    queryFn: ({ signal }) =>
      body(
        http.GET('/api/saved-reports/{savedReportId}/schedules', {
          params: { path: { savedReportId: id } },
          signal,
        }),
      ),
    ...untold,
  });
}

/** The days of a schedule, as a form has them: each kind keeps its own. */
interface DayValues {
  every: Every;
  weekday: string;
  day: number;
}

/** What the API is told of the days: those that belong to the kind, and no others. */
export function daysOf({ every, weekday, day }: DayValues): Pick<NewSchedule, 'every' | 'weekday' | 'day'> {
  if (every === 'week') return { every, weekday };
  return every === 'month' ? { every, day } : { every };
}

/** Making, changing, trying and deleting them. */
export function useSchedules(report: SavedReport) {
  const client = useQueryClient();
  const { queryKey } = schedulesQuery(report);
  const onSettled = () => client.invalidateQueries({ queryKey });
  const path = { savedReportId: report.id };
  const get = (id: string) =>
    listed(http.GET('/api/saved-reports/{savedReportId}/schedules', { params: { path } }), id);
  const of = ({ id }: Schedule) => ({ ...path, reportScheduleId: id });
  return {
    create: useMutation({
      mutationFn: (schedule: NewSchedule) =>
        body(http.POST('/api/saved-reports/{savedReportId}/schedules', { params: { path }, body: schedule })),
      onSettled,
    }).mutateAsync,
    change: useMutation({
      mutationFn: ({ schedule, changes }: { schedule: Schedule; changes: Changes }) =>
        edit(
          schedule,
          changes,
          () => get(schedule.id),
          (rest, header) =>
            http.PATCH('/api/saved-reports/{savedReportId}/schedules/{reportScheduleId}', {
              params: { path: of(schedule), header },
              body: rest,
            }),
        ),
      onSettled,
    }).mutateAsync,
    remove: useMutation({
      mutationFn: (schedule: Schedule) =>
        remove(
          schedule,
          () => get(schedule.id),
          (header) =>
            http.DELETE('/api/saved-reports/{savedReportId}/schedules/{reportScheduleId}', {
              params: { path: of(schedule), header },
            }),
        ),
      onSettled,
    }).mutateAsync,
    sendToMe: useMutation({
      mutationFn: (schedule: Schedule) =>
        body(
          http.POST('/api/saved-reports/{savedReportId}/schedules/{reportScheduleId}/send', {
            params: { path: of(schedule) },
          }),
        ),
    }),
  };
}
