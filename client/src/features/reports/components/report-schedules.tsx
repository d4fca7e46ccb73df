import { useQuery } from '@tanstack/react-query';
import { CalendarClock, Pause, Pencil, Play, Plus, Send, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Schemas } from '@/api/types';
import { DeleteDialog } from '@/components/delete-dialog';
import { ErrorState } from '@/components/states';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { SkeletonRows } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import { useTimeZone } from '@/entities/me/me';
import { useMembers } from '@/entities/me/members';
import { useKeptState } from '@/hooks/use-kept';
import { formatMoment } from '@/lib/time/moment';
import { t } from '@/messages/account';
import { scheduleLabel } from '../schedule-labels';
import type { SavedReport } from '../saved';
import { schedulesQuery, useSchedules, type Schedule } from '../schedules';
import { ScheduleDialog } from './schedule-dialog';

interface ReportSchedulesProps {
  report: SavedReport;
  onClose: () => void;
}

/** The schedules by which a saved report is sent by mail. */
export function ReportSchedules({ report, onClose }: ReportSchedulesProps) {
  const [edited, setEdited] = useKeptState<Schedule | 'new' | null>('schedule', null);
  if (edited !== null)
    return (
      <ScheduleDialog
        report={report}
        schedule={edited === 'new' ? null : edited}
        onClose={() => setEdited(null)}
      />
    );
  return <ScheduleList report={report} onEdit={setEdited} onClose={onClose} />;
}

function ScheduleList({
  report,
  onEdit,
  onClose,
}: ReportSchedulesProps & { onEdit: (schedule: Schedule | 'new') => void }) {
  const list = useQuery(schedulesQuery(report));
  const members = useMembers();
  const failed = [list, members].find(({ data, error }) => !data && error);
  const { remove } = useSchedules(report);
  const [deleting, setDeleting] = useState<Schedule | null>(null);
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={t.schedules.title(report.name)}
      description={t.schedules.hint}
    >
      {failed ? (
        <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />
      ) : list.data && members.data ? (
        list.data.length === 0 ? (
          <p className="text-sm text-muted-foreground">{t.schedules.none}</p>
        ) : (
          <ul aria-label={t.schedules.list} className="divide-y">
            {list.data.map((schedule) => (
              <ScheduleRow
                key={schedule.id}
                report={report}
                schedule={schedule}
                members={members.data}
                onEdit={() => onEdit(schedule)}
                onDelete={() => setDeleting(schedule)}
              />
            ))}
          </ul>
        )
      ) : (
        <SkeletonRows rows={2} label={t.schedules.loading} />
      )}
      <DialogActions>
        <Button onClick={() => onEdit('new')} className="max-sm:h-11">
          <Plus aria-hidden /> {t.schedules.new}
        </Button>
        <Button variant="primary" onClick={onClose} className="max-sm:h-11">
          {t.tokens.done}
        </Button>
      </DialogActions>
      {deleting && (
        <DeleteDialog
          name={scheduleLabel(deleting)}
          confirm={t.schedules.delete}
          onDelete={() => remove(deleting)}
          onClose={() => setDeleting(null)}
          onDeleted={() => toast.success(t.schedules.deleted)}
        >
          {t.schedules.deleteHint}
        </DeleteDialog>
      )}
    </Dialog>
  );
}

interface ScheduleRowProps {
  report: SavedReport;
  schedule: Schedule;
  members: readonly Schemas['Member'][];
  onEdit: () => void;
  onDelete: () => void;
}

function ScheduleRow({ report, schedule, members, onEdit, onDelete }: ScheduleRowProps) {
  const zone = useTimeZone();
  const { change, sendToMe } = useSchedules(report);
  const [busy, setBusy] = useState(false);
  const { paused, nextRunAt, lastRunAt, lastOutcome, format, recipientIds } = schedule;
  const name = scheduleLabel(schedule);
  const names = recipientIds.map(
    (id) => members.find((member) => member.id === id)?.name ?? t.reports.unknown,
  );
  const outcome = lastOutcome && (t.schedules.outcomes[lastOutcome] ?? lastOutcome);
  const pause = () => {
    setBusy(true);
    change({ schedule, changes: { paused: !paused } })
      .catch((error: unknown) => toast.error(error, { title: t.schedules.notChanged }))
      .finally(() => setBusy(false));
  };
  const send = () =>
    sendToMe.mutate(schedule, {
      onSuccess: () => toast.success(t.schedules.sentToMe),
      onError: (error) => toast.error(error, { title: t.schedules.notSent }),
    });
  return (
    <li className="grid gap-2 py-2.5">
      <div className="flex items-start gap-3">
        <CalendarClock aria-hidden className="mt-0.5 size-5 shrink-0 text-muted-foreground" />
        <div className="min-w-0 flex-1">
          <p className="text-sm font-medium">{name}</p>
          <p className="text-[0.8125rem] break-words text-muted-foreground">
            {[t.schedules.formats[format as 'pdf' | 'xlsx'] ?? format, t.schedules.to(names.join(', '))].join(
              ' · ',
            )}
          </p>
          <p className="text-[0.8125rem] text-muted-foreground">
            {[
              nextRunAt === null ? t.schedules.isPaused : t.schedules.next(formatMoment(nextRunAt, zone)),
              lastRunAt !== null && t.schedules.last(formatMoment(lastRunAt, zone)),
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
          {outcome && lastOutcome !== 'sent' && <p className="text-[0.8125rem] text-warning">{outcome}</p>}
        </div>
      </div>
      <div className="flex flex-wrap gap-2 pl-8">
        <Button
          size="sm"
          disabled={sendToMe.isPending}
          aria-label={t.schedules.sendLong(name)}
          onClick={send}
        >
          <Send aria-hidden /> {t.schedules.send}
        </Button>
        <Button
          size="sm"
          disabled={busy}
          aria-label={paused ? t.schedules.resumeLong(name) : t.schedules.pauseLong(name)}
          onClick={pause}
        >
          {paused ? <Play aria-hidden /> : <Pause aria-hidden />}
          {paused ? t.schedules.resume : t.schedules.pause}
        </Button>
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label={t.schedules.changeLong(name)}
          title={t.schedules.change}
          onClick={onEdit}
        >
          <Pencil aria-hidden />
        </Button>
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label={t.schedules.deleteLong(name)}
          title={t.schedules.delete}
          onClick={onDelete}
        >
          <Trash2 aria-hidden />
        </Button>
      </div>
    </li>
  );
}
