import { http as msw, HttpResponse } from 'msw';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { saveFile } from '@/api/save-file';
import { server } from '@/testing/server';
import { exportPath } from './export';

const question = {
  fromDate: '2026-03-02',
  toDate: '2026-03-08',
  timeZone: 'Europe/Berlin',
  firstDayOfWeek: 'monday',
  projectId: ['p1', 'p2'],
};

function parameters(path: string): Record<string, string[]> {
  const { searchParams } = new URL(path, 'http://x');
  return Object.fromEntries([...searchParams.keys()].map((name) => [name, searchParams.getAll(name)]));
}

describe('the file of a report', () => {
  it('is of what is shown: the range, the filters and the groups', () => {
    const path = exportPath('xlsx', {
      search: { by: ['client', 'month'], sort: '-time', compare: 'previous' },
      question,
      duration: 'minutes',
      amounts: true,
    });
    expect(path).toMatch(/^\/api\/reports\/export\?/);
    expect(parameters(path)).toEqual({
      fromDate: ['2026-03-02'],
      toDate: ['2026-03-08'],
      timeZone: ['Europe/Berlin'],
      firstDayOfWeek: ['monday'],
      projectId: ['p1', 'p2'],
      amounts: ['true'],
      report: ['summary'],
      groupBy: ['client', 'month'],
      sort: ['-time'],
      format: ['xlsx'],
    });
  });

  it('has entries without groups, and as a calendar always entries', () => {
    const shown = { question, duration: 'decimal', amounts: false } as const;
    const detailed = parameters(exportPath('csv-comma', { ...shown, search: { view: 'detailed' } }));
    expect(detailed).toMatchObject({
      report: ['detailed'],
      format: ['csv'],
      durations: ['decimal'],
      separator: ['semicolon'],
      decimalComma: ['true'],
    });
    expect(detailed).not.toHaveProperty('groupBy');
    expect(detailed).not.toHaveProperty('amounts');
    expect(parameters(exportPath('ics', { ...shown, search: {} }))).toMatchObject({
      report: ['detailed'],
      format: ['ics'],
    });
  });

  it('is a document that is set as it was chosen, and no other file is', () => {
    const pdf = { paper: 'letter', language: 'de', signatures: true } as const;
    const shown = { question, duration: 'decimal', amounts: false, search: {}, pdf } as const;
    expect(parameters(exportPath('pdf', shown))).toMatchObject({
      format: ['pdf'],
      paper: ['letter'],
      language: ['de'],
      signatures: ['true'],
    });
    expect(parameters(exportPath('xlsx', shown))).not.toHaveProperty('paper');
  });
});

describe('saving a file', () => {
  const clicked = vi.fn<(this: HTMLAnchorElement) => void>();

  afterEach(() => clicked.mockReset());

  it('follows a link when the server has the file', async () => {
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      clicked.call(this);
    });
    server.use(msw.head('*/api/reports/export', () => new HttpResponse(null, { status: 200 })));
    await saveFile('/api/reports/export?format=csv');
    expect(clicked).toHaveBeenCalledOnce();
    expect(clicked.mock.contexts[0]?.href).toBe(`${window.location.origin}/api/reports/export?format=csv`);
  });

  it('says why there is none', async () => {
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() =>
      clicked.call(document.createElement('a')),
    );
    server.use(
      msw.head('*/api/reports/export', () => new HttpResponse(null, { status: 409 })),
      msw.get('*/api/reports/export', () =>
        HttpResponse.json(
          { code: 'exports_running', message: 'other exports', requestId: 'r-1' },
          { status: 409 },
        ),
      ),
    );
    await expect(saveFile('/api/reports/export?format=csv')).rejects.toMatchObject({
      code: 'exports_running',
    });
    expect(clicked).not.toHaveBeenCalled();
  });
});
