import { useInfiniteQuery } from '@tanstack/react-query';
import { act, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ApiError } from '@/api/errors';
import { renderApp } from '@/testing/render';
import { NextPage, OlderEntries } from './older-entries';

let observers: Set<() => void>;
/** The end of the list comes near. */
const scroll = () => act(() => observers.forEach((see) => see()));

beforeEach(() => {
  observers = new Set();
  vi.stubGlobal('scrollY', 100);
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      readonly see: () => void;
      constructor(tell: (entries: { isIntersecting: boolean }[]) => void) {
        this.see = () => tell([{ isIntersecting: true }]);
      }
      observe() {
        observers.add(this.see);
        // As browsers do: what is in view already is told at once.
        queueMicrotask(() => observers.has(this.see) && this.see());
      }
      disconnect() {
        observers.delete(this.see);
      }
    },
  );
});
afterEach(() => vi.unstubAllGlobals());

let asked: number[];
let broken: boolean;

function List({ byHand = false }: { byHand?: boolean }) {
  const list = useInfiniteQuery({
    queryKey: ['list'],
    queryFn: async ({ pageParam }) => {
      asked.push(pageParam);
      await new Promise((resolve) => setTimeout(resolve, 10));
      if (broken && pageParam > 0) throw new ApiError(429, 'of_tests', 'Too much was asked for.', null);
      return pageParam;
    },
    initialPageParam: 0,
    getNextPageParam: (page: number) => (page < 3 ? page + 1 : undefined),
  });
  return (
    <>
      {list.data?.pages.map((page) => (
        <p key={page}>{`Page ${page}`}</p>
      ))}
      {byHand ? <NextPage list={list} label="More rows" /> : <OlderEntries list={list} />}
    </>
  );
}

beforeEach(() => {
  asked = [];
  broken = true;
});

it('asks once for a page that cannot be loaded, says why, and asks again by the button alone', async () => {
  const { user } = renderApp(<List />);
  expect(await screen.findByRole('alert')).toHaveTextContent('Too much was asked for.');
  scroll();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(asked).toEqual([0, 1]);

  await user.click(screen.getByRole('button', { name: 'Try again' }));
  await waitFor(() => expect(asked).toEqual([0, 1, 1]));
  expect(await screen.findByRole('alert')).toBeVisible();
  broken = false;
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  expect(await screen.findByText('Page 1')).toBeVisible();
  // From here it goes on by itself.
  expect(await screen.findByText('Page 3')).toBeVisible();
  expect(screen.queryByRole('alert')).toBeNull();
  expect(screen.queryByRole('button')).toBeNull();
});

it('says of a list with a button why more of it could not be loaded', async () => {
  const { user } = renderApp(<List byHand />);
  await user.click(await screen.findByRole('button', { name: 'More rows' }));
  expect(await screen.findByRole('alert')).toHaveTextContent('Too much was asked for.');
  broken = false;
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  expect(await screen.findByText('Page 1')).toBeVisible();
  expect(screen.queryByRole('alert')).toBeNull();
  expect(screen.getByRole('button', { name: 'More rows' })).toBeEnabled();
});
